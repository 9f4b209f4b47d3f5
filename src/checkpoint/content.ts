// What an image says is a tree of plain data: objects, arrays, texts, numbers, bytes. Long runs of bytes in
// it are kept as pages, and everything else together in the manifest, where a stand-in says which run was
// there. Numbers keep their value; objects keep the order of their keys.
import { Packr } from "msgpackr";

/** Plain data: what `structuredClone` copies, without maps, sets, dates, big integers and cycles. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** Shorter bytes stay where they are: a page of their own would cost more. */
const runBytesMin = 1024;

const runKey = "\u0000run";

/** Takes the long runs of bytes out of a tree: `keep` answers the number under which one is found again. */
export function takeOut(content: Plain, keep: (bytes: Uint8Array) => number): Plain {
  if (content instanceof Uint8Array) {
    return content.length < runBytesMin ? content : { [runKey]: keep(content) };
  }
  return mapChildren(content, (child) => takeOut(child, keep));
}

/** Puts them back. */
export function putBack(content: Plain, bytesOf: (run: number) => Uint8Array): Plain {
  const run = runOf(content);
  if (run !== undefined) return bytesOf(run);
  return mapChildren(content, (child) => putBack(child, bytesOf));
}

/** A copy that does not change with what the content is a view of. */
export function copyOf(content: Plain): Plain {
  if (content instanceof Uint8Array) return content.slice();
  return mapChildren(content, copyOf);
}

function runOf(content: Plain): number | undefined {
  if (content === null || typeof content !== "object" || !(runKey in content)) return undefined;
  // An object with this key is one that `takeOut` has made, or an array, which has no such key.
  const run = (content as { readonly [key: string]: Plain })[runKey];
  return typeof run === "number" ? run : undefined;
}

function mapChildren(content: Plain, change: (child: Plain) => Plain): Plain {
  if (content === null || typeof content !== "object" || content instanceof Uint8Array) {
    return content;
  }
  if (isList(content)) return content.map(change);
  const entries = Object.entries(content).filter(([, child]) => child !== undefined);
  return Object.fromEntries(entries.map(([key, child]) => [key, change(child)]));
}

function isList(content: object): content is readonly Plain[] {
  return Array.isArray(content);
}

/** No records: what is written can be read without what was written before it. */
const packr = new Packr({ useRecords: false, variableMapSize: true });

export function encode(content: Plain): Uint8Array {
  return new Uint8Array(packr.pack(content));
}

/** Throws if the bytes are not those of one value. */
export function decode(bytes: Uint8Array): Plain {
  return packr.unpack(bytes) as Plain;
}
