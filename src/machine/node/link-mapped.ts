// A link between two processes of one host whose memory both have mapped. The socket over which they met stays: a byte
// on it wakes a side that sleeps, and its end is the end of the other process.
import type { Socket } from "node:net";
import type { Carrier } from "../carrier.ts";
import { endChannel, Ending, endingOf } from "../line.ts";
import type { LinkMemory } from "./link-memory-file.ts";
import { PeerProcess } from "./link-peer.ts";
import { laidOut, type SharedLinkOptions, type Side } from "./link-shared.ts";

export interface MappedLink {
  readonly memory: LinkMemory;
  readonly socket: Socket;
  readonly shape: Required<SharedLinkOptions>;
  readonly side: Side;
  /** Process number of the other side. */
  readonly pid: number;
}

const ringByte = new Uint8Array(1);

export function mappedCarrier({ memory, socket, shape, side, pid }: MappedLink): Carrier {
  const places = laidOut(memory.buffer, shape, side);
  const { incoming, outgoing } = places;
  const peer = new PeerProcess(pid);
  let handler: (() => void) | undefined;
  const ended = (): void => {
    endChannel(incoming, peer.isThere() ? Ending.cut : Ending.ended);
    handler?.();
  };
  socket.on("data", () => handler?.());
  socket.on("close", ended);
  // The end comes as "close", whatever it was that went wrong.
  socket.on("error", () => undefined);
  socket.unref();
  return {
    ...places,
    ring: () => {
      if (socket.writable) socket.write(ringByte);
    },
    onRing: (then) => {
      handler = then;
    },
    ending: () => endingOf(incoming) ?? (peer.isThere() ? undefined : Ending.ended),
    hold: (isHeld) => {
      if (isHeld) socket.ref();
      else socket.unref();
    },
    close: () => {
      endChannel(outgoing, Ending.closed);
      socket.end();
      // The memory goes when nobody looks at it any more: the link may have a line in its hands.
    },
  };
}
