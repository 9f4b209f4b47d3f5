// Records of a service for people: what it heard, in a line.
import { statusName } from "../../../abi/index.ts";
import { Ask, CodecReader } from "../../../service/index.ts";
import { decodeRecord, type ServiceRecord, ServiceRecordKind } from "./service-record.ts";

const valueTextMax = 100;
const reader = new CodecReader();

const askNames: Readonly<Record<number, string>> = {
  [Ask.next]: "more of the stream of",
  [Ask.close]: "the end of",
  [Ask.abort]: "the giving up of",
  [Ask.take]: "the wish to call functions of",
  [Ask.settle]: "what a function came to, of",
};

/** Whether a record is of a service, and not of a program. */
export function isServiceRecord(words: Int32Array): boolean {
  return (words[0]! & 0xff) >= ServiceRecordKind.begin;
}

/** A line without the record's number. */
export function describeServiceRecord(words: Int32Array): string {
  const record = decodeRecord(words);
  const [first = 0, second = 0, status = 0] = record.numbers;
  switch (record.kind) {
    case ServiceRecordKind.begin:
      return `begin, at ${whenOf(record)}`;
    case ServiceRecordKind.request:
      return describeRequest(record);
    case ServiceRecordKind.replied: {
      const body = record.bytes.length === 0 ? "" : `, ${record.bytes.length} bytes`;
      return `server ${second} answered question ${first}: ${statusName(status)}${body}`;
    }
    case ServiceRecordKind.fired:
      return `timer ${first} went off, at ${whenOf(record)}`;
    case ServiceRecordKind.entropy:
      return "random bits";
    case ServiceRecordKind.renewed:
      return `made anew from its state, at ${whenOf(record)}`;
    case ServiceRecordKind.upgraded:
      return `it went on as another service (code ${new TextDecoder().decode(record.bytes).slice(0, 8)})`;
    case ServiceRecordKind.attempt:
      return "a start began to go through the log";
    case ServiceRecordKind.live:
      return "it came to the log's end";
    case ServiceRecordKind.setAside:
      return `the request of record ${first} is set aside`;
    default:
      return `a record of an unknown kind (${record.kind})`;
  }
}

function describeRequest({ numbers, bytes }: ServiceRecord): string {
  const [badge, label, , , call] = numbers as [number, number, number, number, number];
  const name = `call ${call} from ${badge}`;
  if (label === Ask.call) return `${name}: ${callText(bytes)}`;
  const what = askNames[label];
  if (what !== undefined) return `${what} ${name}`;
  return `a request from ${badge} with label ${label}, ${bytes.length} bytes`;
}

/** The method and its arguments as the client wrote them, cut where they are long. */
function callText(bytes: Uint8Array): string {
  try {
    const { inspect } = process.getBuiltinModule("node:util");
    const [method, ...args] = reader.read(bytes, bytes.length) as [string, ...unknown[]];
    const one = (value: unknown): string =>
      inspect(value, { breakLength: Infinity, maxStringLength: valueTextMax, maxArrayLength: 8 });
    const text = args.map(one).join(", ");
    const cut = text.length > valueTextMax ? `${text.slice(0, valueTextMax)}...` : text;
    return `${method}(${cut})`;
  } catch {
    // What a client sent that is no call is told to that client, and is in the log all the same.
    return `${bytes.length} bytes that are no call`;
  }
}

function whenOf({ timeMs }: ServiceRecord): string {
  return new Date(timeMs).toISOString();
}
