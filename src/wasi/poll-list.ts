// A poll of many sockets that is made again and again. WASI hands the whole list over each time; here it
// is compared with the last one, and as long as it stays the same the network server, which was told it
// once, is only asked which of it is ready. A list is told when it comes for the second time.
//
// What is remembered is no state of the program: a server that does not know the list says so, and then
// the poll is made in the ordinary way.
import { InitialSlot } from "../abi/index.ts";
import { Ask, Interest, readyRecordBytes, scratchBytes } from "../userlib/index.ts";
import type { Descriptor } from "./descriptor-table.ts";
import { scratchView } from "./poll-ask.ts";
import type { WasiProcess } from "./process.ts";
import { EventType, type Poll, subjectOf, subscriptionBytes, typeOf } from "./subscription.ts";

/** Below this the ordinary way costs no more. */
const listedMin = 32;
const recordsMax = Math.floor(scratchBytes / readyRecordBytes);

/** The list that a thread polled last. */
export class KnownPoll {
  readonly types: readonly number[];
  /** By subscription; null for a clock. */
  readonly rows: readonly (Descriptor | null)[];
  /** The numbers of the clocks. */
  readonly clocks: readonly number[];
  isTold = false;

  constructor(types: readonly number[], rows: readonly (Descriptor | null)[]) {
    this.types = types;
    this.rows = rows;
    this.clocks = types.flatMap((type, i) => (type === EventType.clock ? [i] : []));
  }

  /** Whether a poll is for the same sockets, and for clocks at the same places. */
  isSame(p: WasiProcess, [input, , count]: Poll): boolean {
    const { types, rows } = this;
    if (count !== types.length) return false;
    for (let i = 0; i < count; i++) {
      const at = input + i * subscriptionBytes;
      if (typeOf(p, at) !== types[i]) return false;
      const row = rows[i]!;
      if (row !== null && p.table.get(subjectOf(p, at)) !== row) return false;
    }
    return true;
  }
}

/** The list of a poll if it was that of the last one, too. It is remembered for the next one. */
export function knownPollOf(p: WasiProcess, poll: Poll): KnownPoll | undefined {
  if (poll[2] < listedMin) return undefined;
  const known = p.knownPoll;
  if (known?.isSame(p, poll)) return known;
  p.knownPoll = readList(p, poll);
  return undefined;
}

/** Undefined if there is anything in the poll but sockets of the network server and clocks. */
function readList(p: WasiProcess, [input, , count]: Poll): KnownPoll | undefined {
  const types: number[] = [];
  const rows: (Descriptor | null)[] = [];
  for (let i = 0; i < count; i++) {
    const at = input + i * subscriptionBytes;
    const type = typeOf(p, at);
    const row = type === EventType.clock ? null : p.table.get(subjectOf(p, at));
    if (type > EventType.fdWrite || row === undefined) return undefined;
    if (row !== null && row.server !== InitialSlot.network) return undefined;
    types.push(type);
    rows.push(row);
  }
  return new KnownPoll(types, rows);
}

/** Where the part of a list that begins at a subscription ends. */
export function watchEnd({ rows }: KnownPoll, from: number): number {
  return Math.min(rows.length, from + recordsMax);
}

/** Puts a part of a list, from a subscription on, into a message. Answers where the next one begins. */
export function beginWatch(p: WasiProcess, known: KnownPoll, from: number): number {
  const { types, rows } = known;
  const view = scratchView(p);
  const end = watchEnd(known, from);
  let bytes = 0;
  for (let i = from; i < end; i++) {
    const row = rows[i]!;
    if (row === null) continue;
    view.setInt32(bytes, row.handle, true);
    view.setInt32(bytes + 4, types[i] === EventType.fdRead ? Interest.read : Interest.write, true);
    view.setInt32(bytes + 8, i, true);
    bytes += readyRecordBytes;
  }
  const { scratchAddress } = p.call;
  p.call.begin(InitialSlot.network, Ask.watch, scratchAddress, from === 0 ? 1 : 0);
  if (bytes > 0) p.call.send(scratchAddress, bytes);
  return end;
}

/** Asks which of the list that was told is ready. */
export function beginWatched(p: WasiProcess): void {
  const { scratchAddress } = p.call;
  p.call.begin(InitialSlot.network, Ask.watched, scratchAddress, recordsMax);
  p.call.receive(scratchAddress, recordsMax * readyRecordBytes);
}
