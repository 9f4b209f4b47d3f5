// A log that is looked at and not taken over: its owner may be at work on it, and what is read is what it
// had written by then.
import { assert } from "../../base/index.ts";
import type { SegmentStore } from "../../machine/segments.ts";
import { everyRecord } from "./chain.ts";
import { LogStatus, type MessageLog } from "./message-log.ts";
import { readLog } from "./read-log.ts";
import { epochMax } from "./segment-names.ts";

export interface ReadOnlyLog extends MessageLog {
  /** Of the owner that wrote it last. */
  readonly epoch: number;
}

/**
 * The log as it is now, or undefined if there is none. `until`: only the records before this one.
 *
 * @throws LogRefusedError if something is there that cannot be used
 */
export function openReadOnly(
  segments: SegmentStore,
  name: string,
  until = Infinity,
): ReadOnlyLog | undefined {
  const chain = readLog(segments, name, epochMax + 1);
  if (chain === undefined) return undefined;
  const records: Int32Array[] = [];
  everyRecord(chain, (words) => {
    records.push(words.slice());
    return true;
  });
  const first = chain.mark?.first ?? 0;
  const end = Math.max(first, Math.min(until, first + records.length));
  return {
    epoch: chain.epoch,
    first,
    end,
    stableEnd: end,
    image: chain.mark?.image,
    isTakenOver: false,
    append: () => LogStatus.failed,
    whenStable: (_, then) => then(LogStatus.ok),
    read(number) {
      const record = number < end ? records[number - first] : undefined;
      assert(record !== undefined, "the record is in the log", number);
      return record;
    },
    cut: () => LogStatus.failed,
    close: () => undefined,
  };
}
