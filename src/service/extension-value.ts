// Values that MessagePack has no form for, from the type of their extension and the value in its body.
import type { ReadOptions } from "./codec-reader.ts";
import { type ErrorForm, readError } from "./error-form.ts";
import { Extension, typedArrays } from "./extension.ts";
import { FormatError } from "./format-error.ts";

/** @throws FormatError if the body is none of that type */
export function extensionValue(type: number, body: unknown, options: ReadOptions): unknown {
  switch (type) {
    case Extension.bigint:
      return bigintOf(String(body));
    case Extension.map:
      return new Map(pairsOf(listOf(body)));
    case Extension.set:
      return new Set(listOf(body));
    case Extension.date:
      return new Date(Number(body));
    case Extension.regexp:
      return patternOf(listOf(body));
    case Extension.error:
      return readError(body as ErrorForm, options.errors);
    case Extension.typedArray:
      return typedArrayOf(listOf(body));
    case Extension.buffer:
      return bytesOf(body).buffer;
    case Extension.callback:
      return functionOf(Number(body), options);
    default:
      throw new FormatError(`there is no extension ${type}`);
  }
}

function functionOf(number: number, { functions }: ReadOptions): unknown {
  if (functions === undefined) throw new FormatError("a function stands where none can be");
  return functions(number);
}

function listOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return body;
  throw new FormatError("a list is missing");
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new FormatError("bytes are missing");
}

function pairsOf(list: readonly unknown[]): [unknown, unknown][] {
  const pairs: [unknown, unknown][] = [];
  for (let i = 0; i + 1 < list.length; i += 2) pairs.push([list[i], list[i + 1]]);
  return pairs;
}

function typedArrayOf([kind, body]: readonly unknown[]): unknown {
  const make = typedArrays[kind as number];
  const { buffer, byteLength } = bytesOf(body);
  if (make === undefined || byteLength % make.BYTES_PER_ELEMENT !== 0) {
    throw new FormatError("there is no such list of numbers");
  }
  return new make(buffer as ArrayBuffer);
}

function patternOf([source, flags]: readonly unknown[]): RegExp {
  try {
    return new RegExp(String(source), String(flags));
  } catch {
    throw new FormatError("a pattern is none");
  }
}

function bigintOf(text: string): bigint {
  if (!/^-?[0-9a-f]+$/.test(text)) throw new FormatError("a number is missing");
  return text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
}
