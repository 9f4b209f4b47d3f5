// What is changed inside a body, by offset. Edits are found while the body is typed, and written by
// whoever copies it: the rewriter, or the maker of a continuation, which copies parts of it.
import type { ValueCode } from "./value-code.ts";

/** Values just made are copied into locals that keep them across a later call. */
export interface KeepEdit {
  readonly kind: "keep";
  readonly start: number;
  readonly end: number;
  /** Bottom first. */
  readonly locals: readonly number[];
  readonly types: readonly ValueCode[];
}

/** The number of the call that comes next is set. */
export interface CallEdit {
  readonly kind: "call";
  readonly start: number;
  readonly end: number;
  readonly callNumber: number;
}

/** Locals that nobody reads any more, all of them numbers, are set to zero. */
export interface ClearEdit {
  readonly kind: "clear";
  readonly start: number;
  readonly end: number;
  readonly locals: readonly number[];
}

/** A handler that catches everything gets a clause in front that lets the stack out. */
export interface HandlerEdit {
  readonly kind: "handler";
  readonly start: number;
  readonly end: number;
  readonly clauseCount: number;
  /** Constructs open around the handler, the function among them. */
  readonly depth: number;
}

/** An instruction becomes a call of an added function. */
export interface ReplaceEdit {
  readonly kind: "replace";
  readonly start: number;
  readonly end: number;
  readonly functionIndex: number;
  /** A reference to the function is wanted instead of a call. */
  readonly isReference: boolean;
}

export type Edit = KeepEdit | CallEdit | ClearEdit | HandlerEdit | ReplaceEdit;

// A copy of what the last instruction made belongs before whatever is done to the next one.
function rank({ kind }: Edit): number {
  return kind === "keep" ? 0 : 1;
}

export function sortEdits(edits: Edit[]): void {
  edits.sort((one, other) => one.start - other.start || rank(one) - rank(other));
}
