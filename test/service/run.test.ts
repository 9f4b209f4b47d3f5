// `shoal run notes.ts` as a user has it: another process calls, and the server is killed meanwhile.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../src/boot/index.ts";
import type * as ledgerModule from "./fixtures/ledger.ts";
import type * as relayModule from "./fixtures/relay.ts";

type Ledger = typeof ledgerModule;
type Relay = typeof relayModule;

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
}

describe("shoal run with a service", () => {
  let home: string;
  const before = { ...process.env };

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "shoal-service-"));
    process.env["XDG_RUNTIME_DIR"] = home;
    process.env["XDG_DATA_HOME"] = join(home, "data");
  });

  afterAll(() => {
    process.env = before;
    rmSync(home, { recursive: true, force: true });
  });

  it("keeps a durable one for its clients, whatever happens to its process", async () => {
    const server = start(["--durable", "--name", "kept", fixture("ledger")]);
    try {
      await expect.poll(() => isOwned(home, "kept"), { timeout: 60_000 }).toBe(true);
      await using ledger = await connect<Ledger>("kept", { timeoutSeconds: 100 });
      let sum = 0;
      let kills = 0;
      for (let i = 1; i <= 150; i++) {
        expect(await ledger.add(i)).toBe((sum += i));
        if (i % 70 === 50) {
          process.kill(cellOf(server.pid), "SIGKILL");
          kills++;
        }
      }
      const waiting = ledger.later(1000, 5);
      process.kill(cellOf(server.pid), "SIGKILL");
      expect(await waiting).toBe(sum + 5);
      expect((await ledger.all()).entries).toHaveLength(150);
      expect(kills).toBe(2);
      expect(server.text().match(/was ended by SIGKILL/g)).toHaveLength(3);
      expect(shoal("log", "show", "kept")).toMatch(/^\d+ {2}call \d+ from \d+: add\(150\)$/m);
      expect(shoal("log", "replay", "kept")).toMatch(/records replayed in .* and nothing differed/);
    } catch (error) {
      throw new Error(`the server said: ${server.text()}`, { cause: error });
    } finally {
      await server.stop();
    }
  }, 300_000);

  it("makes each call of one durable service to another once, whichever is lost", async () => {
    const notes = start(["--durable", "--name", "notes", fixture("notes")]);
    await expect.poll(() => isOwned(home, "notes"), { timeout: 60_000 }).toBe(true);
    const relay = start(["--durable", "--name", "relay", "--connect", "notes", fixture("relay")]);
    try {
      await expect.poll(() => isOwned(home, "relay"), { timeout: 60_000 }).toBe(true);
      await using client = await connect<Relay>("relay", { timeoutSeconds: 100 });
      for (let i = 1; i <= 40; i++) {
        expect(await client.note(`${i}`)).toBe(i);
        if (i === 10 || i === 30) process.kill(cellOf(notes.pid), "SIGKILL");
        if (i === 20 || i === 30) process.kill(cellOf(relay.pid), "SIGKILL");
      }
    } catch (error) {
      throw new Error(`they said: ${notes.text()} ${relay.text()}`, { cause: error });
    } finally {
      await Promise.all([relay.stop(), notes.stop()]);
    }
  }, 300_000);

  it("says what is wrong with a module that is none", async () => {
    const server = start(["--durable", "--name", "none", fixture("reads-files")]);
    expect(await server.ended).toBe(126);
    expect(server.text()).toMatch(/cannot import node:fs/);
    expect(server.text()).not.toMatch(/ {4}at /);
  });
});

/** The process that the supervisor has for its cell. */
function cellOf(supervisor: number): number {
  const children = readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, "utf8");
  return Number(children.trim().split(" ")[0]);
}

function isOwned(home: string, name: string): boolean {
  try {
    return readFileSync(join(home, "shoal", name, "owner"), "utf8").length > 0;
  } catch {
    // It is not there yet.
    return false;
  }
}

/** What a command prints; throws with its words if it fails. */
function shoal(...args: readonly string[]): string {
  return execFileSync(process.execPath, [main, ...args], { encoding: "utf8", stdio: "pipe" });
}

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [main, "run", ...args], {
    stdio: ["ignore", "inherit", "pipe"],
  });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    pid: child.pid!,
    ended,
    text: () => text,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
