// Records for people: what a process heard in a call, in a line.
import { Register, statusName, syscallName } from "../abi/index.ts";
import { isReceiving } from "./heard.ts";
import { callOf, kindOf, rangesOf, RecordKind, registerIn, statusIn } from "./record.ts";

/** A line without the record's number. */
export function describeRecord(record: Int32Array): string {
  switch (kindOf(record)) {
    case RecordKind.call:
      return describeCall(record);
    case RecordKind.poison:
      return `the request of record ${record[1]} is set aside (fault ${record[2]})`;
    case RecordKind.exit:
      return `the process has ended with code ${record[1]}`;
    default:
      return `a record of an unknown kind (${kindOf(record)})`;
  }
}

function describeCall(record: Int32Array): string {
  const call = callOf(record);
  const head = `${syscallName(call) ?? `call ${call}`} = ${statusName(statusIn(record))}`;
  const ranges = rangesOf(record);
  const bytes = ranges.reduce((sum, range) => sum + range.bytes, 0);
  const wrote = bytes === 0 ? "" : `, ${bytes} bytes in ${ranges.length} places`;
  if (!isReceiving(call)) return `${head}${wrote}`;
  const words = Array.from({ length: 6 }, (_, i) => registerIn(record, Register.w0 + i)).join(" ");
  const badge = registerIn(record, Register.badge);
  const from = badge === 0 ? "" : ` from ${badge}`;
  return `${head}${from} [label ${registerIn(record, Register.label)}, words ${words}]${wrote}`;
}
