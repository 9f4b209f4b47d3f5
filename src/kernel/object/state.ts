// Writers and readers of exported state: words in a scratch buffer, and references as capabilities
// in slots of the caller. They know the layouts of `abi/state.ts` by field name, so that a kind
// cannot write a field that its page does not describe.
import {
  Kind,
  type KindName,
  stateVersion,
  stateWord,
  stateWords,
  timeoutUsMax,
} from "../../abi/index.ts";

export interface StateReference {
  readonly word: number;
  readonly kind: number;
  readonly row: number;
  readonly rights: number;
  readonly badge: number;
}

export interface StateWriter {
  readonly kind: KindName;
  readonly words: Int32Array;
  readonly references: StateReference[];
  /** Whether the reader gave slots for references. Without, it only looks. */
  readonly wantsReferences: boolean;
}

export interface StateReader {
  readonly kind: KindName;
  readonly words: Int32Array;
  /** The object that a reference field names: its row and badge, or undefined for 0. */
  readonly references: ReadonlyMap<string, { readonly row: number; readonly badge: number }>;
}

export function newStateWriter(kind: KindName, wantsReferences = true): StateWriter {
  const words = new Int32Array(stateWords(kind));
  words[0] = Kind[kind];
  words[1] = stateVersion;
  return { kind, words, references: [], wantsReferences };
}

export function putWord(state: StateWriter, name: string, value: number, index = 0): void {
  state.words[stateWord(state.kind, name) + index] = value;
}

/** Puts a 53-bit count of nanoseconds into two words, low first. */
export function putNs(state: StateWriter, name: string, ns: number): void {
  putWord(state, name, ns | 0);
  putWord(state, name, Math.floor(ns / 2 ** 32), 1);
}

export function putReference(
  state: StateWriter,
  name: string,
  to: Omit<StateReference, "word">,
): void {
  if (to.row === 0) return;
  state.references.push({ ...to, word: stateWord(state.kind, name) });
}

export function wordOf(state: StateReader, name: string, index = 0): number {
  return state.words[stateWord(state.kind, name) + index]!;
}

/** What is left of a timeout, nanoseconds, or -1 if it is more than any timeout may be. */
export function nsOf(state: StateReader, name: string): number {
  const ns = (wordOf(state, name) >>> 0) + wordOf(state, name, 1) * 2 ** 32;
  return ns <= timeoutUsMax * 1000 ? Math.max(-1, ns) : -1;
}
