// A link between two cores of one machine: shared lines of the machine are its memory, doorbells wake. Whoever
// started the cores tells the survivors of one that ended, by `endLinkOf`. It works on every machine that there is.
import type { Carrier } from "../machine/carrier.ts";
import { channelWords, endChannel, Ending, endingOf } from "../machine/line.ts";
import type { Machine } from "../machine/machine.ts";

export interface MachineLinkOptions {
  readonly peer: number;
  /** Slots of each channel, a power of two. */
  readonly slots: number;
  /** Bytes of bulk memory in each direction. */
  readonly bulkBytes: number;
  /** Which link of the two cores it is: another one after either was started anew. The same on both sides. */
  readonly epoch: number;
}

/** The doorbell is the core's: whoever handles its wakes calls `rung` of each of its carriers. */
export interface MachineCarrier extends Carrier {
  rung(): void;
}

export function machineCarrier(machine: Machine, options: MachineLinkOptions): MachineCarrier {
  const { core } = machine;
  const { peer } = options;
  const outgoing = linesOf(machine, core, peer, options);
  const incoming = linesOf(machine, peer, core, options);
  let handler: (() => void) | undefined;
  return {
    outgoing,
    incoming,
    outgoingBulk: bulkOf(machine, core, peer, options),
    incomingBulk: bulkOf(machine, peer, core, options),
    ring: () => machine.ringDoorbell(peer),
    onRing: (then) => {
      handler = then;
    },
    rung: () => handler?.(),
    ending: () => endingOf(incoming),
    // A core lives until it is stopped.
    hold: () => undefined,
    close: () => {
      endChannel(outgoing, Ending.closed);
      machine.ringDoorbell(peer);
    },
  };
}

/** Tells a core, from any other one, that the peer of one of its links has ended. */
export function endLinkOf(
  machine: Machine,
  { core, ...options }: MachineLinkOptions & { readonly core: number },
): void {
  endChannel(linesOf(machine, options.peer, core, options), Ending.ended);
  machine.ringDoorbell(core);
}

function linesOf(
  machine: Machine,
  from: number,
  to: number,
  { epoch, slots }: MachineLinkOptions,
): Int32Array<SharedArrayBuffer> {
  return machine.sharedLines(`link ${from} to ${to}, ${epoch}`, channelWords(slots));
}

function bulkOf(
  machine: Machine,
  from: number,
  to: number,
  { epoch, bulkBytes }: MachineLinkOptions,
): Uint8Array {
  if (bulkBytes === 0) return new Uint8Array(0);
  const words = machine.sharedLines(`bulk ${from} to ${to}, ${epoch}`, Math.ceil(bulkBytes / 4));
  return new Uint8Array(words.buffer, words.byteOffset, bulkBytes);
}
