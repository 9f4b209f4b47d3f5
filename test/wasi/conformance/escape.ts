// Nothing outside of what was granted is reached, by any spelling of a path.
import { expect, it } from "vitest";
import { Errno, OpenFlag } from "../../../src/userlib/index.ts";
import { type Guest, writeRight } from "../guest.ts";

const outside = ["..", "../x", "/", "/etc/passwd", "d/../..", "d/../../x", "./../x", "d/./../../x"];

export function escapeSuite(guest: () => Guest): void {
  it("refuses every path that leads out, in every call", () => {
    const g = guest();
    g.mkdir("d");
    g.create("f");
    for (const path of outside) {
      const answers = [
        g.open(path),
        g.open(path, { flags: OpenFlag.create, rights: writeRight }),
        g.stat(path),
        g.mkdir(path),
        g.rmdir(path),
        g.unlink(path),
        g.readlink(path),
        g.symlink("f", path),
        g.link("f", path),
        g.link(path, "new"),
        g.rename("f", path),
        g.rename(path, "new"),
      ];
      const all = answers.map(() => -Errno.notcapable);
      expect([path, ...answers]).toEqual([path, ...all]);
    }
  });

  it("refuses links that lead out, wherever they stand in the path", () => {
    const g = guest();
    g.mkdir("d");
    const targets = ["..", "../..", "/", "/etc", "/etc/passwd", "d/../../x"];
    targets.forEach((target, i) => {
      expect(g.symlink(target, `l${i}`)).toBe(0);
      expect(g.readlink(`l${i}`)).toBe(target);
      expect([target, g.open(`l${i}`)]).toEqual([target, -Errno.notcapable]);
      expect([target, g.open(`l${i}/x`)]).toEqual([target, -Errno.notcapable]);
      const made = g.open(`l${i}/new`, { flags: OpenFlag.create, rights: writeRight });
      expect([target, made]).toEqual([target, -Errno.notcapable]);
    });
  });

  it("takes a directory that was opened as the border, not only the root", () => {
    const g = guest();
    g.mkdir("d");
    g.create("secret", "above");
    const at = g.open("d", { flags: OpenFlag.directory });
    expect(g.open("../secret", { at })).toBe(-Errno.notcapable);
    expect(g.open("..", { at })).toBe(-Errno.notcapable);
    g.symlink("../secret", "d/up");
    expect(g.open("up", { at })).toBe(-Errno.notcapable);
    expect(g.content("d/up")).toBe("above");
  });

  it("allows dots that stay inside", () => {
    const g = guest();
    g.mkdir("d");
    g.mkdir("d/e");
    g.create("f", "inside");
    for (const path of ["./f", "d/../f", "d/e/../../f", "d//e/.././../f"]) {
      expect([path, g.content(path)]).toEqual([path, "inside"]);
    }
  });
}
