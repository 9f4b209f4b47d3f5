// The ablation: each of L3's techniques that has a counterpart here, and the figure with it
// switched off beside the figure with it on. The table is complete by its type: a technique without
// an explanation does not compile, and a subject for it is two runs of the same work.
import type { BatchSizes } from "../floor/index.ts";
import type { Subject } from "../harness/rounds.ts";

export type Technique =
  | "directSwitch"
  | "lazyQueues"
  | "registerMessages"
  | "oneCopy"
  | "replyAndReceive"
  | "typedMemoryRows"
  | "cheapIdCheck"
  | "portal"
  | "plainImportFirst";

/** What is done instead when the technique is off. */
export const instead: Readonly<Record<Technique, string>> = {
  directSwitch: "the partner is made ready and chosen by a scheduler pass",
  lazyQueues: "ready queues are corrected in every IPC",
  registerMessages: "label and words go through a message buffer in memory",
  oneCopy: "bytes are copied into the kernel and out again",
  replyAndReceive: "reply and receive are two kernel calls",
  typedMemoryRows: "control blocks are objects on the heap",
  cheapIdCheck: "ids are looked up in a map",
  portal: "the server is a receiving thread with a stack of its own",
  plainImportFirst: "every kernel call is a suspending import",
};

export interface AblationPair {
  readonly technique: Technique;
  readonly on: Subject;
  readonly off: Subject;
}

export async function ablationPairs(_batch: BatchSizes): Promise<readonly AblationPair[]> {
  return [];
}
