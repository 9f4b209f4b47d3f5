// Looking for lines never keeps an event loop from its other work: timers fire while lines keep coming, and while calls
// are answered as fast as they are made.
import { MessageChannel, Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { Link, Optimism, Rpc } from "../../src/channel/index.ts";
import {
  driveUntil,
  LinkLoop,
  makeSharedLink,
  sharedCarrier,
} from "../../src/machine/node/index.ts";
import { RemoteClient } from "../../src/remote/index.ts";
import { Ask, Tell } from "../../src/service/index.ts";
import type { FarSide } from "./far-side.ts";

const farSide = new URL("./far-side.ts", import.meta.url);

function startFarSide() {
  const memory = makeSharedLink({ slots: 64 });
  const { port1, port2 } = new MessageChannel();
  const data: FarSide = { memory, port: port2, looks: 100_000 };
  const worker = new Worker(farSide, { workerData: data, transferList: [port2] });
  return { worker, link: new Link(sharedCarrier(memory, 0, port1)) };
}

it("timers fire while lines never stop coming", async () => {
  const { worker, link } = startFarSide();
  const rpc = new Rpc(link);
  const loop = new LinkLoop({ patienceNs: 100_000 });
  let answers = 0;
  let isOver = false;
  const again = (): void => {
    if (!isOver) rpc.callBytes(new Uint8Array(4), waiter);
  };
  // Each answer is followed by the next call, from within the handler: there is always one under way.
  const waiter = {
    answered: () => {
      answers++;
      again();
    },
    failed: () => undefined,
  };
  for (let i = 0; i < 32; i++) again();
  loop.add(link);
  link.carrier.hold(true);
  for (let fired = 0; fired < 20; fired++) {
    const before = answers;
    // A turn of the event loop, and then something must have come meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 1));
    while (answers === before) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  isOver = true;
  expect(answers).toBeGreaterThan(20);
  loop.close();
  await worker.terminate();
});

it("timers fire while awaited calls are answered at once", async () => {
  const link = answeredAtOnce();
  let fired = 0;
  const timer = setInterval(() => fired++, 1);
  // Without turns of the event loop in between this would never end.
  while (fired < 3) {
    await link.ask({ label: Ask.call, name: { low: 1, high: 2, number: 3 }, word: 0 }, {});
  }
  clearInterval(timer);
});

/** A client whose far side answers while it looks: in this thread, so it always is in time. */
function answeredAtOnce(): RemoteClient {
  const memory = makeSharedLink({ slots: 8 });
  const far = new Link(sharedCarrier(memory, 1));
  const server: Rpc = new Rpc(far, {
    request: (call) => server.answer(call, new Uint8Array(Int32Array.of(Tell.value, 0).buffer)),
    abandoned: () => undefined,
    ended: () => undefined,
  });
  const rpc = new Rpc(new Link(sharedCarrier(memory, 0)));
  const { spin } = rpc;
  rpc.spin = (call, looks) => {
    driveUntil(far, () => !far.hasLine, new Optimism(0));
    return spin.call(rpc, call, looks);
  };
  return new RemoteClient({ rpc, looks: 10, onWaiting: () => undefined });
}
