// A granted directory of the host whose insides somebody else keeps changing, so that a name is now a
// directory and now a link out of the grant: whatever the timing, nothing outside is read or written.
// The swaps happen between the server's own steps, at every one of them in turn, which is more than any
// real race reaches.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileService, HostDirectory, type HostFiles } from "../../src/server/files/index.ts";
import { hasDirectoryPaths, NodeFiles } from "../../src/server/node/index.ts";
import { OpenFlag } from "../../src/userlib/index.ts";
import { bothRights, Guest, writeRight } from "./guest.ts";

/** Runs `before` ahead of every step that the server asks of the host. */
function interrupted(host: HostFiles, before: () => void): HostFiles {
  return new Proxy(host, {
    get(target, name) {
      const step: unknown = Reflect.get(target, name);
      if (typeof step !== "function") return step;
      return (...args: unknown[]): unknown => {
        before();
        return Reflect.apply(step, target, args);
      };
    },
  });
}

/** By node:fs; by the C library as soon as that is worth loading; and by it from the first call on. */
const waysToCall = [Infinity, undefined, 0];

describe.runIf(hasDirectoryPaths()).each(waysToCall)(
  "a granted directory that changes under a walk, the C library after %s calls",
  (calls) => {
    let base: string;
    let granted: string;
    let outside: string;
    let g: Guest;
    let step = 0;
    let swapAt = -1;

    beforeEach(() => {
      base = mkdtempSync(join(tmpdir(), "shoal-race-"));
      [granted, outside] = [join(base, "granted"), join(base, "outside")];
      mkdirSync(join(granted, "a", "b"), { recursive: true });
      mkdirSync(join(granted, "spare"));
      mkdirSync(join(outside, "b"), { recursive: true });
      for (const place of [join(granted, "a", "b"), join(outside, "b"), outside]) {
        writeFileSync(join(place, "file"), place.startsWith(outside) ? "secret" : "public");
      }
      swapAt = -1;
      const host = interrupted(new NodeFiles(true, calls), () => {
        if (step++ === swapAt) swap();
      });
      g = new Guest();
      g.grant(10, fileService("racing", new HostDirectory(host, granted)), "/");
    });
    afterEach(() => rmSync(base, { recursive: true }));

    /** The directory that is being walked through becomes a link to one outside. */
    function swap(): void {
      renameSync(join(granted, "a"), join(granted, "spare", "a"));
      symlinkSync(outside, join(granted, "a"));
    }

    function unswap(): void {
      if (!existsSync(join(granted, "spare", "a"))) return;
      rmSync(join(granted, "a"));
      renameSync(join(granted, "spare", "a"), join(granted, "a"));
    }

    /** Runs `act` with the swap at each step that it takes; answers how many steps that were. */
    function atEveryStep(act: () => void): number {
      for (let at = 0; ; at++) {
        step = 0;
        swapAt = at;
        act();
        const steps = step;
        swapAt = -1;
        unswap();
        if (at >= steps) return steps;
      }
    }

    function outsideIsUntouched(): void {
      expect(readdirSync(outside).sort()).toEqual(["b", "file"]);
      expect(readdirSync(join(outside, "b"))).toEqual(["file"]);
      expect(readFileSync(join(outside, "b", "file"), "utf8")).toBe("secret");
      expect(readFileSync(join(outside, "file"), "utf8")).toBe("secret");
    }

    it("never reads a file outside", () => {
      const seen = new Set<string | number>();
      const steps = atEveryStep(() => {
        seen.add(g.content("a/b/file"));
        seen.add(g.content("a/b/../../a/b/file"));
      });
      expect(steps).toBeGreaterThan(6);
      expect(seen.has("public")).toBe(true);
      expect([...seen].filter((one) => String(one).includes("secret"))).toEqual([]);
    });

    it("never writes, makes or removes anything outside", () => {
      const create = { flags: OpenFlag.create | OpenFlag.truncate, rights: writeRight };
      const acts: readonly (() => number)[] = [
        () => g.open("a/b/file", { ...create, rights: bothRights }),
        () => g.open("a/new", create),
        () => g.mkdir("a/dir"),
        () => g.unlink("a/file"),
        () => g.symlink("x", "a/link"),
        () => g.rename("a/b/file", "a/moved"),
        () => g.rename("a/moved", "a/b/file"),
        () => g.link("a/b/file", "a/linked"),
        () => g.rmdir("a/b"),
      ];
      for (const act of acts) {
        const steps = atEveryStep(() => {
          const fd = act();
          if (fd > 3) g.close(fd);
        });
        expect(steps).toBeGreaterThan(0);
        outsideIsUntouched();
      }
    });

    it("never lists a directory outside", () => {
      const names = new Set<string>();
      writeFileSync(join(outside, "only-outside"), "");
      atEveryStep(() => {
        const fd = g.open("a", { flags: OpenFlag.directory });
        if (fd < 0) return;
        const listing = g.readdir(fd, 4096);
        if (typeof listing !== "number") for (const { name } of listing.entries) names.add(name);
        g.close(fd);
      });
      expect(names.has("b")).toBe(true);
      expect(names.has("only-outside")).toBe(false);
    });
  },
);
