// Values of options: what is taken for one, and what is said when it is not.
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";

export function bytesOf(text: string): number {
  const match = /^(\d+)([kmg]?)(i?b)?$/i.exec(text);
  const number = match?.[1];
  if (number === undefined) {
    throw new InvalidArgumentError("Give a size such as 512k, 64m or 2g.");
  }
  const scale =
    { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match?.[2]?.toLowerCase() ?? ""] ?? 1;
  const bytes = Number(number) * scale;
  if (bytes < 65536) throw new InvalidArgumentError("Give at least 64k, one page of memory.");
  return bytes;
}

export function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count <= 0 || count > 0x7fff_ffff) {
    throw new InvalidArgumentError("Give a whole number from 1 to 2147483647.");
  }
  return count;
}

/** A port of TCP; 0 is any free one. */
export function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isSafeInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError("Give a port from 0 to 65535.");
  }
  return port;
}

export function secondsOf(text: string): number {
  return text === "0" ? 0 : countOf(text);
}

export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

export function repeated<const Flags extends string>(
  flags: Flags,
  description: string,
): Option<Flags, undefined, readonly string[], string[]> {
  const option = new Option(flags, `${description} (may be repeated)`);
  return option.argParser(collect).default<readonly string[]>([], "none");
}

export function settingOf(value: string, previous: readonly string[]): string[] {
  const name = value.split("=", 1)[0] ?? "";
  if (name === "")
    throw new InvalidArgumentError("Give NAME=VALUE, or NAME to pass your own value on.");
  return [...previous, value];
}
