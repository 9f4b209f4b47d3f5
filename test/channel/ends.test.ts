// Real threads and processes at the far side of a link, and their deaths: by those who have an event loop to hear of
// it, and by those who do nothing but wait for the answer.
import { type ChildProcess, fork } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { Link, Optimism, PeerLostError, Rpc } from "../../src/channel/index.ts";
import type { Carrier } from "../../src/machine/carrier.ts";
import { Ending } from "../../src/machine/line.ts";
import {
  driveUntil,
  LinkLoop,
  listenForLinks,
  makeSharedLink,
  markEnded,
  sharedCarrier,
} from "../../src/machine/node/index.ts";
import { Answers } from "./answers.ts";
import type { FarSide } from "./far-side.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

const farSide = new URL("./far-side.ts", import.meta.url);

function startThread(looks: number) {
  const memory = makeSharedLink({ slots: 16 });
  const { port1, port2 } = new MessageChannel();
  const data: FarSide = { memory, port: port2, looks };
  const worker = new Worker(farSide, { workerData: data, transferList: [port2] });
  worker.once("exit", () => markEnded(memory, 1));
  endings.push(() => worker.terminate());
  return { worker, carrier: sharedCarrier(memory, 0, port1) };
}

async function startProcess(mayMap: boolean): Promise<{ child: ChildProcess; carrier: Carrier }> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-link-"));
  const path = join(directory, "socket");
  const { promise, resolve } = Promise.withResolvers<Carrier>();
  const server: Server = await listenForLinks(path, { slots: 16, mayMap }, resolve);
  const child = fork(farSide, [path], { execArgv: [] });
  endings.push(() => {
    child.kill("SIGKILL");
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return { child, carrier: await promise };
}

/** A client whose event loop looks for answers. */
function inLoop(carrier: Carrier) {
  const link = new Link(carrier);
  const rpc = new Rpc(link);
  const loop = new LinkLoop({ patienceNs: 20_000 });
  loop.add(link);
  carrier.hold(true);
  endings.push(() => loop.close());
  return (number: number): Promise<number> =>
    new Promise((resolve, reject) => {
      rpc.callBytes(new Uint8Array(Int32Array.of(number).buffer), {
        answered: (_call, { words, at }) => resolve(words[at + 1]),
        failed: (_call, error) => reject(error),
      });
    });
}

/** A client that does nothing else until it has its answers. */
function blocking(carrier: Carrier, looks: number) {
  const rpc = new Rpc(new Link(carrier));
  return (numbers: readonly number[]): Answers => {
    const answers = new Answers();
    for (const number of numbers) {
      rpc.callBytes(new Uint8Array(Int32Array.of(number).buffer), answers);
    }
    driveUntil(rpc.link, () => rpc.openCount === 0, new Optimism(looks));
    return answers;
  };
}

describe("a thread at the far side", () => {
  it.each([
    ["blocks between calls", 0],
    ["looks before it blocks", 20_000],
    ["lives in its event loop", -1],
  ])("answers an event loop and a thread that blocks, when it %s", async (_how, looks) => {
    const call = inLoop(startThread(looks).carrier);
    for (let number = 0; number < 300; number++) expect(await call(number)).toBe(number + 1);
    const numbers = Array.from({ length: 300 }, (_, i) => i);
    expect(blocking(startThread(looks).carrier, 0)(numbers).answers.size).toBe(300);
  });

  it("ends the calls of an event loop when it is terminated", async () => {
    const { worker, carrier } = startThread(0);
    const call = inLoop(carrier);
    expect(await call(1)).toBe(2);
    const open = [call(-1), call(-2)];
    void worker.terminate();
    for (const one of open) await expect(one).rejects.toBeInstanceOf(PeerLostError);
    await expect(call(3)).rejects.toThrow("the thread or process at the far side has ended");
  });

  it("ends the calls of a thread that blocks, told by whoever heard of it", async () => {
    const memory = makeSharedLink({ slots: 16 });
    const blocked = blocking(sharedCarrier(memory, 0), 0);
    // Somebody else hears of the death; here that is a thread, since this one blocks.
    const teller = new Worker(
      `const { workerData } = require("node:worker_threads");
       setTimeout(() => import(workerData.node).then((node) => node.markEnded(workerData.memory, 1)), 20);`,
      {
        eval: true,
        workerData: {
          memory,
          node: new URL("../../src/machine/node/index.ts", import.meta.url).href,
        },
      },
    );
    endings.push(() => teller.terminate());
    const { errors } = blocked([1, 2, 3]);
    expect(errors.length).toBe(3);
    expect((errors[0] as PeerLostError).ending).toBe(Ending.ended);
  });
});

describe.each([
  ["mapped memory", true],
  ["a socket", false],
])("a process at the far side, over %s", (_name, mayMap) => {
  it("answers, and ends open calls when it is killed", async () => {
    const { child, carrier } = await startProcess(mayMap);
    const call = inLoop(carrier);
    for (let number = 0; number < 300; number++) expect(await call(number)).toBe(number + 1);
    const open = [call(-1), call(-2)];
    child.kill("SIGKILL");
    for (const one of open) await expect(one).rejects.toBeInstanceOf(PeerLostError);
  });
});

describe("a process that is killed while its peer only looks at memory", () => {
  it("is noticed without a turn of the event loop", async () => {
    const { child, carrier } = await startProcess(true);
    const call = blocking(carrier, 1000);
    expect(call([1]).answers.size).toBe(1);
    process.kill(child.pid!, "SIGKILL");
    const { errors } = call([-1]);
    expect((errors[0] as PeerLostError).ending).toBe(Ending.ended);
  });
});

describe("two processes", () => {
  it("share memory where they can, and leave no file of it behind", async () => {
    const { carrier } = await startProcess(true);
    const call = blocking(carrier, 1000);
    expect(call([1, 2, 3]).answers.size).toBe(3);
    // Memory that is mapped is no SharedArrayBuffer; that of a socket's link is one.
    expect(carrier.outgoing.buffer).toBeInstanceOf(ArrayBuffer);
    const own = `shoal-link-${process.pid}-`;
    if (existsSync("/dev/shm")) {
      expect(readdirSync("/dev/shm").filter((name) => name.startsWith(own))).toEqual([]);
    }
  });
});
