// A core that answers calls over its link to core 0, woken by its doorbell and by nothing else.
import { type IncomingMessage, Link, machineCarrier, Rpc } from "../../src/channel/index.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { Wake } from "../../src/machine/machine.ts";

export const coreLink = { slots: 8, bulkBytes: 1024, epoch: 1 } as const;

/** Looks at a link of a core until nothing is there and the bell is set. */
export function serveLink(link: Link): void {
  do {
    link.rise();
    while (link.turn(16) > 0);
    link.checkEnding();
  } while (!link.fallAsleep() && link.ending === undefined);
}

/** Answers each number with the one after it; a negative one ends the core with an error. */
export function answering(machine: Machine): void {
  const carrier = machineCarrier(machine, { ...coreLink, peer: 0 });
  const link = new Link(carrier);
  const rpc: Rpc = new Rpc(link, {
    request: (call: number, { words, at }: IncomingMessage) => {
      const number = words[at + 1];
      if (number < 0) throw new Error("asked for too little");
      rpc.answer(call, new Uint8Array(Int32Array.of(number + 1).buffer));
    },
    abandoned: () => undefined,
    ended: () => undefined,
  });
  carrier.onRing(() => serveLink(link));
  machine.onWake((reasons) => {
    if ((reasons & Wake.doorbell) !== 0) carrier.rung();
  });
  serveLink(link);
}
