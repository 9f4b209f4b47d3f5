// The control socket answers whoever asks in its words, tells others what is wrong, and closes in good order.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askSystem, SystemDownError } from "./control-client.ts";
import { type ControlServer, openControlServer } from "./control-server.ts";
import { requestBytesMax, SystemError, type SystemRequest } from "./system-request.ts";
import type { SystemPlace } from "./system-place.ts";

let directory = "";
let place: SystemPlace;
let server: ControlServer;
let errors: unknown[];
let gate: PromiseWithResolvers<string>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "shoal-control-"));
  const socketPath = join(directory, "socket");
  place = { directory, socketPath, logPath: "", downPath: "", programs: "" };
  // As a system leaves it that was killed.
  writeFileSync(socketPath, "");
  errors = [];
  gate = Promise.withResolvers();
  server = await openControlServer({
    path: socketPath,
    answer,
    onError: (error) => errors.push(error),
  });
});
afterEach(async () => {
  gate.resolve("");
  await server.close();
  rmSync(directory, { recursive: true });
});

function answer({ ask }: SystemRequest): unknown {
  if (ask === "list") return [];
  if (ask === "status") return gate.promise;
  if (ask === "stop") throw new SystemError("no such program", { code: 3 });
  throw new TypeError("a mistake of ours");
}

/** Sends text as it is; answers the lines that come back. */
function talk(text: string): { readonly socket: Socket; next(): Promise<unknown> } {
  const socket = connect(place.socketPath);
  socket.write(text);
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  return {
    socket,
    async next() {
      const { value, done } = await lines.next();
      return done === true ? undefined : (JSON.parse(value) as unknown);
    },
  };
}

describe("the control socket of a system", () => {
  it("answers requests of one connection in their order, in whatever pieces they came", async () => {
    const peer = talk('{"ask":"status"}\n{"ask":"li');
    peer.socket.write('st"}\n');
    gate.resolve("first");
    expect([await peer.next(), await peer.next()]).toEqual([
      { ok: true, value: "first" },
      { ok: true, value: [] },
    ]);
    peer.socket.destroy();
  });

  it("hands a refusal on as it was said, and its code", async () => {
    const refused = await askSystem(place, { ask: "stop", names: ["kv"] }).catch((error) => error);
    expect(refused).toBeInstanceOf(SystemError);
    expect(refused).toMatchObject({ message: "no such program", code: 3 });
    expect(errors).toEqual([]);
  });

  it("goes on after a mistake of ours or of whoever asks, and tells both", async () => {
    const peer = talk('{"ask":"down"}\nnonsense\n{"ask":"list"}\n');
    expect(await peer.next()).toMatchObject({ ok: false, message: "a mistake of ours" });
    expect(await peer.next()).toMatchObject({ ok: false });
    expect(await peer.next()).toEqual({ ok: true, value: [] });
    expect(errors).toHaveLength(2);
    peer.socket.destroy();
  });

  it("is closed to who sends without end", async () => {
    const { next } = talk("x".repeat(requestBytesMax + 1));
    expect(await next().catch(() => undefined)).toBeUndefined();
  });

  it("answers what was asked before it closes, and nobody after", async () => {
    const asked = askSystem(place, { ask: "status" });
    const peer = talk('{"ask":"list"}\n');
    await peer.next();
    const closed = server.close();
    gate.resolve("last");
    expect(await asked).toBe("last");
    peer.socket.destroy();
    await closed;
    await expect(askSystem(place, { ask: "list" })).rejects.toThrow(SystemDownError);
  });
});
