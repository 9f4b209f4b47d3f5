// A gateway with a real kernel behind it and a real socket before it: messages of every length, clients
// by the hundred, and peers that do not keep to the rules.
import { connect, type Socket } from "node:net";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeFrame, FrameKind, makeFrame } from "../../src/server/session/frame.ts";
import { compileC, compileHostedC } from "../sdk/compile.ts";
import { until } from "./command.ts";
import { makePlace, runClient, type ServerRig, startServer } from "./rig.ts";

const seed = 20261121;

let place: ReturnType<typeof makePlace>;
let server: ServerRig | undefined;
let moody: Uint8Array;
let moodyClient: Uint8Array;

beforeAll(async () => {
  moody = await compileC("test/session/moody-server.c");
  moodyClient = await readFile(await compileHostedC("test/session/moody-client.c"));
});

beforeEach(() => void (place = makePlace()));

afterEach(async () => {
  await server?.stop();
  server = undefined;
  place.remove();
});

/** A connection of which nothing is expected. */
async function dial(): Promise<Socket> {
  const socket = connect(place.socketPath);
  socket.on("error", () => {}).resume();
  await new Promise((resolve) => socket.once("connect", resolve));
  return socket;
}

function hello(session: number): Uint8Array {
  return encodeFrame(makeFrame(FrameKind.hello, { session, status: 1 }));
}

function call(session: number, label: number): Uint8Array {
  return encodeFrame(makeFrame(FrameKind.call, { session, sequence: 1, label }));
}

describe("a gateway", () => {
  it("passes messages of every length whole, both ways, and refuses what cannot go across", async () => {
    server = await startServer(await compileC("test/session/echo-long.c"), place);
    const { end } = await runClient(await compileC("test/session/big-client.c"), [], place);
    expect(end).toMatchObject({ code: 0, fault: undefined });
  });

  it("holds as much after 300 clients have come and gone as after the first few", async () => {
    server = await startServer(moody, place);
    const before = await afterClients(8);
    const after = await afterClients(300);
    expect(after).toEqual(before);
    const { output } = await runClient(moodyClient, ["1"], place);
    expect(output).toMatch(/^0 309 /);
  });

  it("holds nothing for clients that are killed with a request open, once their time is over", async () => {
    server = await startServer(moody, place);
    const before = await afterKilled(3);
    const after = await afterKilled(3);
    expect(after).toEqual(before);
  });

  it(`serves on, whatever bytes come through its socket (seed ${seed})`, async () => {
    server = await startServer(moody, place);
    const frame = fc
      .record({
        kind: fc.constantFrom(...Object.values(FrameKind)),
        session: fc.nat(3),
        sequence: fc.nat(3),
        badge: fc.nat(3),
        label: fc.constantFrom(0, 1, 99),
        bytes: fc.uint8Array({ maxLength: 70_000 }),
      })
      .map((fields) => encodeFrame(makeFrame(fields.kind, { ...fields, status: 1 })));
    // Not in the word that says for how long a session is to be kept.
    const anywhere = fc.nat(63).filter((at) => at < 24 || at >= 28);
    const damaged = fc.tuple(frame, anywhere, fc.nat(255)).map(([bytes, at, value]) => {
      bytes[at] = value;
      return bytes;
    });
    const chunk = fc.oneof(frame, damaged, fc.uint8Array({ maxLength: 200 }));
    const talks = fc.array(fc.array(chunk, { maxLength: 5 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(talks, async (all) => {
        const sockets = await Promise.all(all.map(() => dial()));
        all.forEach((chunks, i) => sockets[i]!.write(Buffer.concat(chunks)));
        for (const socket of sockets) socket.destroySoon();
        const { output } = await runClient(moodyClient, ["1"], place);
        expect(output).toMatch(/^0 /);
      }),
      { seed, numRuns: 60 },
    );
    await until("all have left", () => server!.sessions().sessions === 0);
    await until("no connection is left", () => server!.connections() === 0);
  });
});

/** What the server holds when so many clients, a few at a time, have come and gone. */
async function afterClients(count: number): Promise<readonly number[]> {
  for (let i = 0; i < count; i += 4) {
    await Promise.all([1, 2, 3, 4].map(() => runClient(moodyClient, ["1"], place)));
  }
  await until("all have left", () => server!.sessions().sessions === 0);
  return server!.counts();
}

/** What the server holds when so many clients have gone with a request open, and were not waited for. */
async function afterKilled(count: number): Promise<readonly number[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => dial()));
  sockets.forEach((socket, i) => socket.write(Buffer.concat([hello(i + 1), call(i + 1, 4)])));
  await until("they have sessions", () => server!.sessions().connected === count);
  for (const socket of sockets) socket.destroy();
  // They were to be kept for a second.
  await until("they are forgotten", () => server!.sessions().sessions === 0);
  await runClient(moodyClient, ["1", "1"], place);
  await until("all have left", () => server!.sessions().sessions === 0);
  return server!.counts();
}
