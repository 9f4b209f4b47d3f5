// The globals of a realm: what could tell one run from another is taken away, or asked of the host, which
// writes down what it answers.
import { readUtf8, utf8BytesOf, writeUtf8 } from "../utf8.ts";
import type { RealmHost } from "./realm-face.ts";
import type { RealmRandom } from "./realm-random.ts";
import type { RealmTimers } from "./realm-timers.ts";

/**
 * Threads, collected garbage, code that is made at run time and clocks of the engine's own have no place in
 * what is to be repeated.
 */
const removed = [
  "Atomics",
  "SharedArrayBuffer",
  "WeakRef",
  "FinalizationRegistry",
  "WebAssembly",
  "Temporal",
];

export function setGlobals(host: RealmHost, random: RealmRandom, timers: RealmTimers): void {
  for (const name of removed) Reflect.deleteProperty(globalThis, name);
  // It leads there, and makes all of it when it is looked at.
  Reflect.deleteProperty(Date.prototype, "toTemporalInstant");
  define(globalThis, "Date", dateOf(host));
  setFormats(host);
  define(Math, "random", () => random.next());
  define(globalThis, "crypto", cryptoOf(host));
  define(globalThis, "console", consoleOf(host));
  define(
    globalThis,
    "setTimeout",
    (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      timers.start(ms, () => run(...args)),
  );
  define(globalThis, "clearTimeout", (number: unknown) => timers.stop(Number(number)));
  define(globalThis, "queueMicrotask", (run: () => void) => void Promise.resolve().then(run));
  define(globalThis, "TextEncoder", TextEncoderHere);
  define(globalThis, "TextDecoder", TextDecoderHere);
}

/** Time stands still while a message is handled. */
function dateOf(host: RealmHost): unknown {
  const EngineDate = Date;
  const now = (): number => host.now();
  function ServiceDate(this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return new EngineDate(now()).toString();
    return Reflect.construct(EngineDate, args.length === 0 ? [now()] : args, new.target);
  }
  ServiceDate.prototype = EngineDate.prototype;
  ServiceDate.now = now;
  ServiceDate.parse = EngineDate.parse;
  ServiceDate.UTC = EngineDate.UTC;
  Object.defineProperty(ServiceDate, "name", { value: "Date" });
  define(EngineDate.prototype, "constructor", ServiceDate);
  return ServiceDate;
}

/** What formats no date formats the present. */
function setFormats(host: RealmHost): void {
  const prototype = Intl.DateTimeFormat.prototype;
  const given = (date?: Date | number): Date | number => date ?? host.now();
  const { formatToParts } = prototype;
  define(prototype, "formatToParts", function (this: Intl.DateTimeFormat, date?: Date | number) {
    return Reflect.apply(formatToParts, this, [given(date)]);
  });
  const format = Object.getOwnPropertyDescriptor(prototype, "format")!.get!;
  Object.defineProperty(prototype, "format", {
    get(this: Intl.DateTimeFormat) {
      const formatOne = Reflect.apply(format, this, []) as (date: Date | number) => string;
      return (date?: Date | number) => formatOne(given(date));
    },
    configurable: true,
  });
}

function cryptoOf(host: RealmHost): object {
  const getRandomValues = <T extends ArrayBufferView>(target: T): T => {
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    let word = 0;
    for (let i = 0; i < bytes.length; i++) {
      word = i % 4 === 0 ? host.entropy() : word >>> 8;
      bytes[i] = word;
    }
    return target;
  };
  const randomUUID = (): string => {
    const bytes = getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const cuts = [0, 8, 12, 16, 20, 32];
    return cuts
      .slice(1)
      .map((end, i) => hex.slice(cuts[i], end))
      .join("-");
  };
  return { getRandomValues, randomUUID };
}

function consoleOf(host: RealmHost): object {
  const log = (...values: unknown[]): void => host.log(values.map(shown).join(" "));
  return { log, info: log, warn: log, error: log, debug: log };
}

/** A value in a line. */
export function shown(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    if (value instanceof Error) return String(value.stack ?? value.message);
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "(a value that cannot be shown)";
  }
}

class TextEncoderHere {
  readonly encoding = "utf-8";
  encode(text = ""): Uint8Array {
    const whole = String(text);
    const bytes = new Uint8Array(utf8BytesOf(whole));
    writeUtf8(whole, bytes, 0, bytes.length);
    return bytes;
  }
}

class TextDecoderHere {
  readonly encoding = "utf-8";
  decode(from?: ArrayBuffer | ArrayBufferView): string {
    if (from === undefined) return "";
    const bytes = ArrayBuffer.isView(from)
      ? new Uint8Array(from.buffer, from.byteOffset, from.byteLength)
      : new Uint8Array(from);
    return readUtf8(bytes, 0, bytes.length);
  }
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
