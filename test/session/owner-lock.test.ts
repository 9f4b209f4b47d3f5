// One owner per directory, numbers that only go up, and small files that are whole: on a real disk, with
// real processes.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  keyFile,
  OwnedError,
  ownerOf,
  readOwner,
  SessionKeys,
  takeOwnership,
} from "../../src/server/session/index.ts";
import { keptSessionFile } from "../../src/server/session/kept-session.ts";
import { claimEpoch } from "../../src/supervisor/index.ts";

let directory = "";
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "shoal-owner-"))));
afterEach(() => rmSync(directory, { recursive: true }));

const face = new URL("../../src/server/session/owner-lock.ts", import.meta.url).href;
const epochs = new URL("../../src/supervisor/epoch.ts", import.meta.url).href;

/** A process that runs this and then waits to be killed; resolves when it has said something. */
async function other(code: string): Promise<{ readonly said: string; kill(): Promise<void> }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const said = await new Promise<string>((resolve) =>
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString())),
  );
  return {
    said,
    async kill() {
      child.kill("SIGKILL");
      await closed;
    },
  };
}

const takes = (path: string): string => `
  const { takeOwnership } = await import(${JSON.stringify(face)});
  takeOwnership(${JSON.stringify(path)});
  console.log(process.pid);
  process.stdin.resume();`;

describe("the owner of a directory", () => {
  it("is one process, and named to the next", async () => {
    const owner = await other(takes(directory));
    expect(() => takeOwnership(directory)).toThrow(OwnedError);
    expect(ownerOf(directory)?.pid).toBe(Number(owner.said));
    await owner.kill();
  });

  it("that was killed owns nothing, though it is still written down", async () => {
    const owner = await other(takes(directory));
    await owner.kill();
    expect(ownerOf(directory)).toBeUndefined();
    expect(readOwner(directory)?.pid).toBe(Number(owner.said));
    takeOwnership(directory).release();
  });

  it("may let go of it", () => {
    takeOwnership(directory).release();
    expect(ownerOf(directory)).toBeUndefined();
    takeOwnership(directory).release();
  });

  it("is not another process that was given the same number later", () => {
    writeFileSync(join(directory, "owner"), `${process.pid} 1\n`);
    expect(ownerOf(directory)).toBeUndefined();
  });

  it.each(["", "nonsense\n", "-5 7\n", "1e99\n"])("is nobody where %o is written", (text) => {
    writeFileSync(join(directory, "owner"), text);
    expect(ownerOf(directory)).toBeUndefined();
  });
});

describe("epochs", () => {
  it("go up by one, and only the newest is kept", () => {
    expect([claimEpoch(directory), claimEpoch(directory), claimEpoch(directory)]).toEqual([
      1, 2, 3,
    ]);
  });

  it("are given once, however many ask at the same time", async () => {
    const claims = `
      const { claimEpoch } = await import(${JSON.stringify(epochs)});
      console.log(Array.from({ length: 50 }, () => claimEpoch(${JSON.stringify(directory)})).join());
      process.stdin.resume();`;
    const all = await Promise.all([1, 2, 3].map(() => other(claims)));
    const numbers = all.flatMap(({ said }) => said.trim().split(",").map(Number));
    await Promise.all(all.map(({ kill }) => kill()));
    expect(new Set(numbers).size).toBe(150);
    for (const { said } of all) {
      const own = said.trim().split(",").map(Number);
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
  });
});

describe("the keys of a gateway", () => {
  it("are the same after a restart, and its badges are new", () => {
    const first = new SessionKeys(keyFile(directory));
    const badges = Array.from({ length: 3 }, () => first.newBadge());
    const token = first.token(77, badges[0]!);
    const second = new SessionKeys(keyFile(directory));
    expect(second.isToken(77, badges[0]!, token)).toBe(true);
    expect(second.isToken(78, badges[0]!, token)).toBe(false);
    for (let i = 0; i < 3000; i++) expect(badges).not.toContain(second.newBadge());
  });

  it("are not read from a file that was cut or changed", () => {
    new SessionKeys(keyFile(directory)).newBadge();
    const path = join(directory, "sessions");
    const whole = readFileSync(path, "utf8");
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.slice(0, length));
      expect(() => new SessionKeys(keyFile(directory))).toThrow("is damaged");
    }
  });
});

describe("a kept session", () => {
  const session = {
    number: 2 ** 53 - 1,
    badge: 7,
    token: [1, -2, 3, -4],
    epoch: 9,
    answeredBefore: 12,
  };

  it("is read as it was written, and gone when it is removed", () => {
    const store = keptSessionFile(directory, "kv");
    expect(store.read()).toBeUndefined();
    store.write(session);
    expect(keptSessionFile(directory, "kv").read()).toEqual(session);
    store.remove();
    expect(store.read()).toBeUndefined();
  });

  it("is not read from a file that was cut", () => {
    mkdirSync(join(directory, "kept"));
    const store = keptSessionFile(join(directory, "kept"), "kv");
    store.write(session);
    const path = join(directory, "kept", "connection-kv");
    const whole = readFileSync(path, "utf8");
    for (let length = 0; length < whole.length - 1; length++) {
      writeFileSync(path, whole.slice(0, length));
      expect(() => store.read()).toThrow("is damaged");
    }
  });
});
