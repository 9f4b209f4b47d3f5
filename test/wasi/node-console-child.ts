// The other half of node-console.test.ts: a process whose standard streams are served by the console
// server to a loop that copies input to output until the end, in upper case, and says so on standard
// error. It uses no kernel: what is tested is the device.
import { ConsoleService } from "../../src/server/console/index.ts";
import { NodeConsole } from "../../src/server/node/index.ts";
import { Ask } from "../../src/userlib/index.ts";
import type { Answer, Later } from "../../src/userlib/index.ts";

const device = new NodeConsole();
const service = new ConsoleService(device);
const outbox = new Uint8Array(1024 * 1024);
const waiting = new Map<number, (answer: Answer) => void>();
let tickets = 0;
const host = {
  defer: (): Later => ({ later: ++tickets }),
  answer(ticket: number, answer: Answer): boolean {
    const resolve = waiting.get(ticket);
    waiting.delete(ticket);
    resolve?.(answer);
    return resolve !== undefined;
  },
  outbox,
  signal: () => false,
  giveUp: () => undefined,
  destroy: () => false,
  nowNs: () => 0,
};
device.onReady = () => service.onSignal(1, host);

async function ask(label: number, words: number[], bytes: Uint8Array): Promise<Answer> {
  const given = service.handle({ badge: 1, label, words: Int32Array.from(words), bytes }, host);
  if (!("later" in given)) return given;
  return await new Promise((resolve) => waiting.set(given.later, resolve));
}

const none = new Uint8Array(0);
let total = 0;
for (;;) {
  const read = await ask(Ask.read, [0, 0, 0, 50_000, 0, 0], none);
  const bytes = read.bytes?.slice() ?? none;
  if (read.label !== 0 || bytes.length === 0) break;
  total += bytes.length;
  const wrote = await ask(Ask.write, [1, 0, 0, 0, 0, 0], bytes);
  if (wrote.label !== 0) {
    await ask(Ask.write, [2, 0, 0, 0, 0, 0], new TextEncoder().encode(`errno ${wrote.label}`));
    await device.drained();
    process.exit(3);
  }
}
await ask(Ask.write, [2, 0, 0, 0, 0, 0], new TextEncoder().encode(`${device.streams[0]} ${total}`));
await device.drained();
process.exit(0);
