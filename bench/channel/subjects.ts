// All subjects that are two threads of one process, by name.
import { line, pipelinedLine, typedLine } from "./floors.ts";
import { loopedLine, rested, waiting } from "./floors-waiting.ts";
import { pipelinedRpc, rpc } from "./ours.ts";
import { loopedRpc, typedLoop, typedRpc } from "./ours-loops.ts";
import type { Sides } from "./subject.ts";

/** Longer than anybody looks before sleeping. */
const restMs = 1;

export const subjects = {
  floorLine: line,
  coreRpcPolling: rpc,
  floorPipelined: pipelinedLine,
  pipelined: pipelinedRpc,
  floorTyped: typedLine,
  typedRpc,
  floorLoop: loopedLine,
  coreRpcLoop: loopedRpc,
  typedLoop,
  floorAsleep: rested(waiting, restMs),
  asleep: rested(rpc, restMs),
  floorWait: waiting,
  wait: rpc,
} as const satisfies Readonly<Record<string, Sides>>;

export type SubjectName = keyof typeof subjects;

/** Those that spin or poll whatever happens: on one processor each of their calls would take two time slices. */
export const spinning: readonly SubjectName[] = [
  "floorLine",
  "coreRpcPolling",
  "floorPipelined",
  "pipelined",
  "floorTyped",
  "floorLoop",
];
