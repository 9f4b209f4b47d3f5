// The path of a server that is taken over by another process belongs to that one, whatever the first does then.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Gateway } from "./gateway.ts";
import { SessionKeys } from "./session-keys.ts";
import { UnixListener } from "./unix-listener.ts";

/** A gateway to a server that nobody calls. */
const calls = { open: () => 0, call: () => () => undefined, close: () => undefined };
const gateway = new Gateway({ calls, keys: new SessionKeys(), epoch: 1 });

it("a listener that closes leaves the socket of its successor", async () => {
  const directory = mkdtempSync(join(tmpdir(), "shoal-listener-"));
  const path = join(directory, "socket");
  const [older, newer] = [new UnixListener({ path, gateway }), new UnixListener({ path, gateway })];
  await older.open();
  await newer.open();
  await older.close();
  expect(existsSync(path)).toBe(true);
  await newer.close();
  expect(existsSync(path)).toBe(false);
  rmSync(directory, { recursive: true });
});
