// The far side of a link in a thread or a process of its own: answers each request with the number after the one that
// was asked, as fast as it can, and never answers one with a negative number. It only drives its link; nothing that
// is sent to it by other ways is heard.
import { isMainThread, type MessagePort, workerData } from "node:worker_threads";
import { type IncomingMessage, Link, Optimism, Rpc } from "../../src/channel/index.ts";
import type { Carrier } from "../../src/machine/carrier.ts";
import {
  connectLink,
  driveUntil,
  LinkLoop,
  sharedCarrier,
  type SharedLinkMemory,
} from "../../src/machine/node/index.ts";

export interface FarSide {
  readonly memory: SharedLinkMemory;
  readonly port?: MessagePort;
  /** Looks before it blocks; -1: it lives in its event loop. */
  readonly looks: number;
}

function serve(carrier: Carrier): Link {
  const link = new Link(carrier);
  const server = {
    rpc: undefined as Rpc | undefined,
    request(call: number, { words, at }: IncomingMessage): void {
      const number = words[at + 1];
      if (number >= 0) this.rpc!.answer(call, new Uint8Array(Int32Array.of(number + 1).buffer));
    },
    abandoned: () => undefined,
    ended: () => undefined,
  };
  server.rpc = new Rpc(link, server);
  return link;
}

function drive(link: Link, looks: number): void {
  if (looks < 0) {
    const loop = new LinkLoop({ patienceNs: 20_000 });
    link.carrier.hold(true);
    loop.add(link);
  } else driveUntil(link, () => link.ending !== undefined, new Optimism(looks));
}

if (isMainThread) {
  const [path] = process.argv.slice(2);
  drive(serve(await connectLink(path)), -1);
} else {
  // Given by ends.test.ts.
  const { memory, port, looks } = workerData as FarSide;
  drive(serve(sharedCarrier(memory, 1, port)), looks);
}
