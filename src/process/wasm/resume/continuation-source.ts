// Where in its program an instruction of a continuation is from, for a person who reads where it broke. The
// continuation is made once more for that, with a note of what went where.
import { bodyReaders, readBinary } from "../binary/index.ts";
import type { CaptureSource } from "../rewrite/index.ts";
import { continuationModule, continuationName } from "./continuation-module.ts";

/** A continuation, as the engine names it in the stack of an error. */
export interface ContinuationFrame {
  readonly functionIndex: number;
  readonly callNumber: number;
  /** Offset in its module. */
  readonly offset: number;
}

const pattern = new RegExp(`^${continuationName(0, 0).replaceAll("0", "(\\d+)")}$`);

/** What a module of this name continues; undefined if it is another module. */
export function continuedBy(
  moduleName: string,
): Pick<ContinuationFrame, "functionIndex" | "callNumber"> | undefined {
  const match = pattern.exec(moduleName);
  if (match === null) return undefined;
  return { functionIndex: Number(match[1]), callNumber: Number(match[2]) };
}

/** The offset in the source from which continuations are made; undefined for what only they have. */
export function sourceOffset(source: CaptureSource, frame: ContinuationFrame): number | undefined {
  const moves: { from: number; to: number }[] = [];
  const bytes = continuationModule(source, frame.functionIndex, frame.callNumber, (from, to) => {
    moves.push({ from, to });
  });
  const body = [...bodyReaders(readBinary(bytes))].at(-1);
  if (body === undefined) return undefined;
  const offset = frame.offset - body.position;
  const move = moves.findLast(({ to }) => to <= offset);
  return move && move.from + offset - move.to;
}
