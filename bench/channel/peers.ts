// What others use for calls between threads and processes: each answers a small object with one like it.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { type Endpoint, wrap } from "comlink";
import { Piscina } from "piscina";
import { type Step, stepOf } from "./floors.ts";
import type { methods } from "./peer-worker.ts";
import { type Client, since } from "./subject.ts";

export interface Peer {
  readonly call: Client;
  close(): unknown;
}

const file = new URL("./peer-worker.ts", import.meta.url);

/** Those between two threads. */
export function threadPeers(): Record<string, Peer> {
  return { messagePort: messagePortPeer(), comlink: comlinkPeer(), piscina: piscinaPeer() };
}

/** Those between two processes. */
export async function processPeers(): Promise<Record<string, Peer>> {
  return { fork: forkPeer(), unixSocket: await unixSocketPeer() };
}

function calling(one: (step: Step) => Promise<Step>): Client {
  return async (count, samples) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const beginMs = samples === undefined ? 0 : performance.now();
      sum += (await one(stepOf(i))).count;
      if (samples !== undefined) samples[i] = since(beginMs);
    }
    return sum;
  };
}

/** Calls of something that answers in order, and says so by an event. */
function byEvent(send: (step: Step) => void): {
  one: (step: Step) => Promise<Step>;
  heard: (step: Step) => void;
} {
  let answer: ((step: Step) => void) | undefined;
  return {
    one: (step) =>
      new Promise((resolve) => {
        answer = resolve;
        send(step);
      }),
    heard: (step) => answer?.(step),
  };
}

function messagePortPeer(): Peer {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(file, { workerData: { port: port2 }, transferList: [port2] });
  const { one, heard } = byEvent((step) => port1.postMessage(step));
  port1.on("message", heard);
  const port: MessagePort = port1;
  return {
    call: calling(one),
    close: () => {
      port.close();
      return worker.terminate();
    },
  };
}

function comlinkPeer(): Peer {
  const worker = new Worker(file, { workerData: { comlink: true } });
  // comlink has its adapter for Node as CommonJS only.
  const adapt = createRequire(import.meta.url)("comlink/dist/umd/node-adapter.js") as (
    port: object,
  ) => Endpoint;
  const remote = wrap<typeof methods>(adapt(worker));
  return { call: calling((step) => remote.next(step)), close: () => worker.terminate() };
}

function piscinaPeer(): Peer {
  const pool = new Piscina({ filename: file.href, minThreads: 1, maxThreads: 1 });
  return {
    call: calling((step) => pool.run(step, { name: "next" }) as Promise<Step>),
    close: () => pool.close(),
  };
}

function startProcess(args: readonly string[]): ChildProcess {
  return fork(new URL("./peer-process.ts", import.meta.url), args, { execArgv: [] });
}

function forkPeer(): Peer {
  const child = startProcess([]);
  const { one, heard } = byEvent((step) => child.send(step));
  // Sent by peer-process.ts.
  child.on("message", (step) => heard(step as Step));
  return { call: calling(one), close: () => child.kill() };
}

async function unixSocketPeer(): Promise<Peer> {
  const path = join(tmpdir(), `shoal-bench-channel-${process.pid}`);
  const child = startProcess([path]);
  await once(child, "message");
  const socket: Socket = connect(path);
  const { one, heard } = byEvent((step) => socket.write(`${JSON.stringify(step)}\n`));
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      heard(JSON.parse(line) as Step);
    }
  });
  return {
    call: calling(one),
    close: () => {
      socket.destroy();
      child.kill();
    },
  };
}
