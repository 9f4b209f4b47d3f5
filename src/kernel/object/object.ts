// What all kinds of object share: rows that count against their owner's limit and hang in its list,
// and the contract that every kind fulfils.
import { Kind, Status } from "../../abi/index.ts";
import { allocateRow, assert, generationWord, isLive, releaseRow } from "../../base/index.ts";
import {
  Header,
  reference,
  referenceKind,
  referenceRow,
  shiftOf,
  Space,
  spaceShift,
} from "../layout.ts";
import { charge, discharge, hasRoom } from "../charge.ts";
import type { Kernel } from "../kernel.ts";
import type { StateReader, StateWriter } from "./state.ts";

export interface ObjectClass {
  /**
   * Makes an object for a space from the words w0 to w5 of the register file. Answers its row, or 0
   * with `k.refusal` set and nothing changed.
   */
  create(k: Kernel, space: number): number;
  /** One bounded step of taking an object apart; true when its row is free. Cannot fail. */
  destroyStep(k: Kernel, row: number): boolean;
  getState(k: Kernel, row: number, state: StateWriter): void;
  /** Checks, then sets; answers a status. Nothing is changed by a refusal. */
  setState(k: Kernel, row: number, state: StateReader): number;
}

const classes: (ObjectClass | undefined)[] = [];

/** Says what class a kind is of. `class.ts` does, for all kinds, when the kernel is loaded. */
export function registerClass(kind: number, of: ObjectClass): void {
  classes[kind] = of;
}

/** The class of a kind. The kind was checked before. */
export function classOf(kind: number): ObjectClass {
  const of = classes[kind];
  assert(of !== undefined, "a kind of object exists", kind);
  return of;
}

/** Takes a row for an object of `space`. Answers 0 with `k.refusal` if a limit is reached. */
export function newObject(k: Kernel, kind: number, space: number): number {
  const row = hasRoom(k, space) ? allocateRow(k.tables[kind]!) : 0;
  if (row === 0) {
    k.refusal = Status.outOfObjects;
    return 0;
  }
  charge(k, space);
  const words = k.tables[kind]!.words;
  const own = row << shiftOf[kind]!;
  const base = space << spaceShift;
  const first = k.spaces[base + Space.firstObject]!;
  words[own + Header.owner] = space;
  words[own + Header.ownerNext] = first;
  words[own + Header.ownerPrev] = 0;
  if (first !== 0) header(k, first, Header.ownerPrev, reference(kind, row));
  k.spaces[base + Space.firstObject] = reference(kind, row);
  return row;
}

/** Frees the row of an object; every capability to it is stale from now on. */
export function freeObject(k: Kernel, kind: number, row: number): void {
  assert(isLive(k.tables[kind]!, row), "an object freed is live", kind, row);
  const words = k.tables[kind]!.words;
  const own = row << shiftOf[kind]!;
  const space = words[own + Header.owner]!;
  const next = words[own + Header.ownerNext]!;
  const prev = words[own + Header.ownerPrev]!;
  if (prev === 0) k.spaces[(space << spaceShift) + Space.firstObject] = next;
  else header(k, prev, Header.ownerNext, next);
  if (next !== 0) header(k, next, Header.ownerPrev, prev);
  discharge(k, space);
  releaseRow(k.tables[kind]!, row);
}

function header(k: Kernel, ref: number, word: number, value: number): void {
  const kind = referenceKind(ref);
  k.tables[kind]!.words[(referenceRow(ref) << shiftOf[kind]!) + word] = value;
}

export function generationOf(k: Kernel, kind: number, row: number): number {
  return k.tables[kind]!.words[(row << shiftOf[kind]!) + generationWord]!;
}

/** Whether (row, generation) still names the object that it named. */
export function isSame(k: Kernel, kind: number, row: number, generation: number): boolean {
  return row !== 0 && generationOf(k, kind, row) === generation;
}

export function capabilityCountOf(k: Kernel, kind: number, row: number): number {
  return k.tables[kind]!.words[(row << shiftOf[kind]!) + Header.capabilityCount]!;
}

/** Kinds whose objects live as long as they are named; the others are ended by a call. */
export function livesByName(kind: number): boolean {
  return kind !== Kind.space && kind !== Kind.thread;
}
