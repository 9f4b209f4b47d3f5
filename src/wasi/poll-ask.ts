// The messages of poll_oneoff: which descriptors of which server are ready. A message has room for so many
// records, and is for one server, so that the streams of a poll are asked for in batches.
import { Ask, Interest, readyRecordBytes, scratchBytes } from "../userlib/index.ts";
import { isFile } from "./descriptor-table.ts";
import type { WasiProcess } from "./process.ts";
import {
  eventBytes,
  EventType,
  type Poll,
  readinessOf,
  subjectOf,
  subscriptionBytes,
  typeOf,
  writeReady,
} from "./subscription.ts";

const recordCountMax = Math.floor(scratchBytes / readyRecordBytes);

/** Streams of one server, by the numbers of their subscriptions. */
export interface Batch {
  readonly server: number;
  readonly subscriptions: number[];
  /** Whether it goes on with an earlier batch for the same server. */
  readonly isMore: boolean;
}

/** The streams of a poll, in batches. They are the same each time while the table is. */
export function batchesOf(p: WasiProcess, [input, , count]: Poll): readonly Batch[] {
  const batches: Batch[] = [];
  for (let i = 0; i < count; i++) {
    const at = input + i * subscriptionBytes;
    if (typeOf(p, at) === EventType.clock || readinessOf(p, at) !== undefined) continue;
    const { server } = p.table.get(subjectOf(p, at))!;
    const last = batches.findLast((batch) => batch.server === server);
    if (last !== undefined && last.subscriptions.length < recordCountMax)
      last.subscriptions.push(i);
    else batches.push({ server, subscriptions: [i], isMore: last !== undefined });
  }
  return batches;
}

/** Puts the question into a message. With `bit` 0 the answer waits; else the bit is raised instead. */
export function beginAsk(p: WasiProcess, [input]: Poll, batch: Batch, bit: number): void {
  const view = scratchView(p);
  batch.subscriptions.forEach((i, n) => {
    const at = input + i * subscriptionBytes;
    const interest = typeOf(p, at) === EventType.fdRead ? Interest.read : Interest.write;
    view.setInt32(n * readyRecordBytes, p.table.get(subjectOf(p, at))!.handle, true);
    view.setInt32(n * readyRecordBytes + 4, interest, true);
    view.setInt32(n * readyRecordBytes + 8, i, true);
  });
  const bytes = batch.subscriptions.length * readyRecordBytes;
  // The place of the scratch tells the server which thread asks.
  const { scratchAddress } = p.call;
  p.call.begin(batch.server, Ask.ready, scratchAddress, bit, batch.isMore ? 1 : 0);
  p.call.send(scratchAddress, bytes).receive(scratchAddress, bytes);
}

/** Adds an event for each stream that was answered to be ready. */
export function takeRecords(p: WasiProcess, [input, output, , result]: Poll): void {
  const view = scratchView(p);
  const records = p.call.word(0);
  let events = p.memory.u32(result);
  for (let i = 0; i < records; i++) {
    const ready = view.getInt32(i * readyRecordBytes, true);
    const bytes = view.getInt32(i * readyRecordBytes + 4, true);
    const subscription = input + view.getInt32(i * readyRecordBytes + 8, true) * subscriptionBytes;
    const isHangup = (ready & Interest.hangup) !== 0;
    const left = bytesLeft(p, subscription, bytes);
    writeReady(p, subscription, output + events++ * eventBytes, left, isHangup);
  }
  p.memory.setU32(result, events);
}

/** Of a file its server tells the size, and the reader's position is in its row. */
function bytesLeft(p: WasiProcess, subscription: number, bytes: number): number {
  const row = p.table.get(subjectOf(p, subscription));
  const isRead = typeOf(p, subscription) === EventType.fdRead;
  return row !== undefined && isFile(row) && isRead ? Math.max(0, bytes - row.offset) : bytes;
}

export function scratchView(p: WasiProcess): DataView {
  const scratch = p.call.scratch();
  return new DataView(scratch.buffer, scratch.byteOffset, scratch.byteLength);
}
