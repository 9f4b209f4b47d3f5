// Reading from and writing to a connection: what is answered at once, what has to wait for the peer, and
// what is tried again when the host says that something has changed. A blocking write is answered when
// the host has taken all of it, so that a program that is faster than its peer is held back.
import {
  type Answer,
  Errno,
  FdFlag,
  type Later,
  type Message,
  ReceiveFlag,
  type ServiceHost,
} from "../../userlib/index.ts";
import { wouldBlock } from "./network-device.ts";
import type { ConnectionSocket, WaitingReceive } from "./socket.ts";

/** A read asks for no more than this at once even if it waits for all: it is what a buffer surely holds. */
export const waitAllBytesMax = 16 * 1024;

const counted = { label: Errno.success as number, words: [0] };

function countAnswer(count: number): Answer {
  counted.words[0] = count;
  return counted;
}

export function receive(
  socket: ConnectionSocket,
  message: Message,
  host: ServiceHost,
): Answer | Later {
  const { words } = message;
  const bytesMax = Math.min(words[3]! >>> 0, host.outbox.length);
  const isPeek = (words[5]! & ReceiveFlag.peek) !== 0;
  const waitsForAll = (words[5]! & ReceiveFlag.waitAll) !== 0;
  const bytesMin = waitsForAll ? Math.min(bytesMax, waitAllBytesMax) : 1;
  if (socket.receives.length === 0) {
    const count = peekEnough(socket, bytesMax, bytesMin, host);
    if (count !== wouldBlock) {
      if (!isPeek) socket.connection.consume(Math.max(0, count));
      return received(count, host);
    }
  }
  if ((words[4]! & FdFlag.nonblock) !== 0) return { label: Errno.again };
  const later = host.defer();
  const { badge } = message;
  socket.receives.push({ ticket: later.later, badge, bytesMax, bytesMin, isPeek });
  return later;
}

/** Copies what has come to the outbox. Less than `bytesMin` is as good as nothing unless it is the end. */
function peekEnough(
  { connection }: ConnectionSocket,
  bytesMax: number,
  bytesMin: number,
  host: ServiceHost,
): number {
  const isShort = bytesMin > 1 && connection.available() < bytesMin;
  if (isShort && connection.mayGrow()) return wouldBlock;
  return connection.peek(host.outbox, bytesMax);
}

/** One answer is used again and again: it is read before the next one is made. */
const data: { label: number; words: number[]; bytes: Uint8Array } = {
  label: Errno.success,
  words: [0],
  bytes: new Uint8Array(0),
};
let dataHost: ServiceHost | undefined;

function received(count: number, host: ServiceHost): Answer {
  if (count < 0) return { label: -count };
  data.words[0] = count;
  // Requests tend to be of one size, and a view costs more than all else here.
  if (host !== dataHost || data.bytes.length !== count) data.bytes = host.outbox.subarray(0, count);
  dataHost = host;
  return data;
}

/** Answers the reads that can be. What was read for somebody who has gone stays for the next reader. */
export function retryReceives(socket: ConnectionSocket, host: ServiceHost): void {
  while (socket.receives.length > 0) {
    const first = socket.receives[0] as WaitingReceive;
    const count = peekEnough(socket, first.bytesMax, first.bytesMin, host);
    if (count === wouldBlock) return;
    socket.receives.shift();
    const isTaken = host.answer(first.ticket, received(count, host));
    if (isTaken && !first.isPeek) socket.connection.consume(Math.max(0, count));
  }
}

export function send(
  socket: ConnectionSocket,
  message: Message,
  host: ServiceHost,
): Answer | Later {
  const { bytes } = message;
  const written = socket.sends.length > 0 ? wouldBlock : writeSome(socket, bytes, 0);
  if (written === bytes.length) return countAnswer(written);
  if (written < 0 && written !== wouldBlock) return { label: -written };
  const done = Math.max(0, written);
  const mayWait = socket.sends.length > 0 || socket.connection.room() === wouldBlock;
  if ((message.words[3]! & FdFlag.nonblock) !== 0 || !mayWait) {
    return done > 0 ? countAnswer(done) : { label: Errno.again };
  }
  const later = host.defer();
  // The inbox is ours only until the handler returns.
  const rest = bytes.slice(done);
  socket.sends.push({
    ticket: later.later,
    badge: message.badge,
    bytes: rest,
    done: 0,
    before: done,
  });
  return later;
}

/** Writes until all is taken or the host refuses. Answers how far it came, or why it came nowhere. */
function writeSome({ connection }: ConnectionSocket, bytes: Uint8Array, from: number): number {
  let done = from;
  do {
    const taken = connection.write(done === 0 ? bytes : bytes.subarray(done));
    if (taken < 0) return done > from ? done : taken;
    done += taken;
  } while (done < bytes.length);
  return done;
}

/** Goes on with the writes that wait, in their order. */
export function retrySends(socket: ConnectionSocket, host: ServiceHost): void {
  while (socket.sends.length > 0) {
    const first = socket.sends[0]!;
    const written = writeSome(socket, first.bytes, first.done);
    if (written === wouldBlock) return;
    if (written >= 0) first.done = written;
    if (written >= 0 && written < first.bytes.length) return;
    socket.sends.shift();
    const count = first.before + first.done;
    host.answer(
      first.ticket,
      written < 0 && count === 0 ? { label: -written } : countAnswer(count),
    );
  }
}
