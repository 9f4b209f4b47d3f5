// What a holder of sessions and its clients say to each other, through a Unix socket: lines of text, a word
// and what belongs to it. Lines of a session are numbered in both directions and acknowledged, so that
// what a broken connection lost is known to both.
import type { CommandManner, Protocol } from "./command-manner.ts";

export const attachVersion = 1;

export interface Hello {
  readonly version: number;
  /** Of a client that comes back. */
  readonly session: string | undefined;
  /** The last line that it has. */
  readonly heard: number;
  /** For how long its session is to be kept when the connection is lost. */
  readonly keepSeconds: number;
  /** What to run for a new session; unless given, what the holder was started with. */
  readonly manner: CommandManner | undefined;
  /** How what lines carry is to be understood. */
  readonly protocol: Protocol;
}

export interface Welcome {
  readonly session: string;
  /** Of the holder: which start it is. */
  readonly epoch: number;
  /** The last line that is in the session's log. */
  readonly heard: number;
}

export type AttachFrame =
  | { readonly kind: "hello"; readonly hello: Hello }
  | { readonly kind: "welcome"; readonly welcome: Welcome }
  /** There is no such session any more, or it cannot be had. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "line"; readonly number: number; readonly line: string }
  | { readonly kind: "ack"; readonly number: number }
  /** The client's input is at its end; what is in work is still answered. */
  | { readonly kind: "end" }
  /** The session is not needed any more. */
  | { readonly kind: "bye" }
  /** The server has ended. */
  | { readonly kind: "over"; readonly code: number; readonly reason: string };

export function formatFrame(frame: AttachFrame): string {
  switch (frame.kind) {
    case "hello":
      return `hello ${JSON.stringify(frame.hello)}\n`;
    case "welcome":
      return `welcome ${JSON.stringify(frame.welcome)}\n`;
    case "refused":
      return `refused ${frame.reason}\n`;
    case "line":
      return `line ${frame.number} ${frame.line}\n`;
    case "ack":
      return `ack ${frame.number}\n`;
    case "end":
    case "bye":
      return `${frame.kind}\n`;
    case "over":
      return `over ${frame.code} ${frame.reason}\n`;
  }
}

/** A line without its end; undefined for what is no frame. The holder trusts only the number of a session. */
export function parseFrame(text: string): AttachFrame | undefined {
  const [kind, rest] = halves(text);
  switch (kind) {
    case "hello":
      return hello(rest);
    case "welcome":
      return welcome(rest);
    case "refused":
      return { kind, reason: rest };
    case "line":
      return numbered(rest, (number, line) => ({ kind, number, line }));
    case "ack":
      return numbered(rest, (number) => ({ kind, number }));
    case "end":
    case "bye":
      return { kind };
    case "over":
      return numbered(rest, (code, reason) => ({ kind, code, reason }));
    default:
      return undefined;
  }
}

function halves(text: string): [string, string] {
  const at = text.indexOf(" ");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function numbered(
  text: string,
  make: (number: number, rest: string) => AttachFrame,
): AttachFrame | undefined {
  const [word, rest] = halves(text);
  const number = Number(word);
  return word !== "" && Number.isSafeInteger(number) && number >= 0
    ? make(number, rest)
    : undefined;
}

function hello(text: string): AttachFrame | undefined {
  const given = objectOf(text) as Partial<Hello> | undefined;
  if (given === undefined) return undefined;
  const { version, heard, keepSeconds, session, manner } = given;
  const protocol = given.protocol === "bytes" ? "bytes" : "json-rpc";
  if (typeof version !== "number" || !isCount(heard) || !isCount(keepSeconds)) return undefined;
  if (session !== undefined && typeof session !== "string") return undefined;
  return { kind: "hello", hello: { version, session, heard, keepSeconds, manner, protocol } };
}

function welcome(text: string): AttachFrame | undefined {
  const given = objectOf(text) as Partial<Welcome> | undefined;
  if (given === undefined) return undefined;
  const { session, epoch, heard } = given;
  if (typeof session !== "string" || !isCount(epoch) || !isCount(heard)) return undefined;
  return { kind: "welcome", welcome: { session, epoch, heard } };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
