// The local declarations at the head of a body, with more behind them.
import { ByteReader, type ByteWriter } from "../binary/index.ts";
import { runsOf } from "./frame-table.ts";
import { type ValueCode, writeValueCode } from "./value-code.ts";

/** Offsets of the declarations and of the code behind them. */
interface BodyRange {
  readonly start: number;
  readonly codeStart: number;
}

export interface LocalGroups {
  readonly count: number;
  /** The groups as they are encoded. */
  readonly encoded: Uint8Array;
}

export function readLocalGroups(bytes: Uint8Array, scan: BodyRange): LocalGroups {
  const reader = new ByteReader(bytes, scan.start, scan.codeStart);
  const count = reader.u32();
  return { count, encoded: bytes.subarray(reader.position, scan.codeStart) };
}

export function writeLocalGroups(
  out: ByteWriter,
  { count, encoded }: LocalGroups,
  added: readonly ValueCode[],
): void {
  const runs = runsOf(added);
  out.u32(count + runs.length).raw(encoded);
  writeRuns(out, runs);
}

export function writeRuns(out: ByteWriter, runs: readonly (readonly [ValueCode, number])[]): void {
  for (const [type, length] of runs) {
    out.u32(length);
    writeValueCode(out, type);
  }
}
