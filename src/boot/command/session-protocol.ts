// What a session makes of what its child speaks: the machine that understands it, and how its lines go
// through the socket to the client, whose frames are lines themselves.
import {
  applyRecord,
  ByteSession,
  type HostRecord,
  HostSession,
  type HostSink,
  newState,
  type SessionMachine,
} from "../../process/index.ts";
import type { CommandManner } from "./command-manner.ts";

export interface Wire {
  encode(line: string): string;
  decode(line: string): string;
}

const asItIs: Wire = { encode: (line) => line, decode: (line) => line };

/** Bytes, a character each, as text that fits into a line. */
const asBase64: Wire = {
  encode: (bytes) => Buffer.from(bytes, "latin1").toString("base64"),
  decode: (text) => Buffer.from(text, "base64").toString("latin1"),
};

export function wireOf({ protocol }: Pick<CommandManner, "protocol">): Wire {
  return protocol === "bytes" ? asBase64 : asItIs;
}

export function machineOf(
  { protocol, state: mode }: CommandManner,
  records: Iterable<HostRecord>,
  sink: HostSink,
): SessionMachine {
  if (protocol === "bytes") return new ByteSession(records, sink);
  const state = newState({ keepsHistory: mode === "memory" });
  for (const record of records) applyRecord(state, record);
  return new HostSession(state, sink);
}
