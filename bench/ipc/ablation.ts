// The ablation: each of L3's techniques that has a counterpart here, and the figure with it
// switched off beside the figure with it on. The table is complete by its type: a technique without
// an explanation, or without two subjects, does not compile.
//
// Most are switched off in the kernel itself, or by programs that do without. Three cannot be taken
// out of the kernel, since they are its shape: control blocks in typed memory, ids checked by a
// generation, and the plain import before the suspending one. They are measured on the floor's
// kernel, which walks the same path, written once with and once without (floor/portal-variants.ts).
import { importNames, portalVariantName } from "../floor/index.ts";
import type { Variant } from "./remote.ts";
import { copiedSize, measures, subjectName } from "./variants.ts";

export type Technique =
  | "fastPath"
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
  fastPath: "every portal call takes the general path",
  directSwitch: "the partner is made ready and chosen by a scheduler pass",
  lazyQueues: "ready queues are corrected in every IPC",
  registerMessages: "the six words go through memory and a descriptor",
  oneCopy: "bytes are copied into the kernel and out again",
  replyAndReceive: "reply and receive are two kernel calls",
  typedMemoryRows: "control blocks are objects on the heap, found in a map",
  cheapIdCheck: "ids are looked up in a map",
  portal: "the server is a receiving thread with a stack of its own",
  plainImportFirst: "every kernel call is a suspending import",
};

/** Names of the two subjects that do the same work with and without the technique. */
export interface Pair {
  readonly on: string;
  readonly off: string;
}

const whole = (measure: string): string => subjectName("whole", measure);

function without(variant: Variant, measure: string): Pair {
  return { on: whole(measure), off: subjectName(variant, measure) };
}

const rows = portalVariantName("rows");

export const ablation: Readonly<Record<Technique, Pair>> = {
  fastPath: without("fastPath", measures.portal),
  directSwitch: without("directSwitch", measures.receiver),
  lazyQueues: without("lazyQueues", measures.receiver),
  registerMessages: { on: whole(measures.portalWords), off: whole(measures.portalWordsAsBytes) },
  oneCopy: without("oneCopy", measures.portalMessage(copiedSize)),
  replyAndReceive: { on: whole(measures.receiver), off: whole(measures.splitReceiver) },
  typedMemoryRows: { on: rows, off: portalVariantName("objects") },
  cheapIdCheck: { on: rows, off: portalVariantName("mapOfIds") },
  portal: { on: whole(measures.portal), off: whole(measures.receiver) },
  plainImportFirst: { on: importNames.promising, off: importNames.suspendingAtOnce },
};

/** The variants that need a core of their own. */
export const variants: readonly Variant[] = [
  "whole",
  "fastPath",
  "directSwitch",
  "lazyQueues",
  "oneCopy",
];
