// Follows the typing of one body and notes everything that capture needs there: a number for each call
// that the stack may be taken out of, a local for each operand that lives across one, a clause in
// front of each handler that catches everything.
//
// An operand that was read from a local which has not been set since is found there. Any other lies at
// one height for all its life, and no other value lies there meanwhile. So it gets the local of its height
// and type, and a copy taken where it is made serves all calls it lives across.
import { Opcode } from "../binary/index.ts";
import type { BodyCall, BodyObserver, BodyWalker, ClauseList, Control } from "./body-walker.ts";
import type { Edit } from "./edit.ts";
import { saveKindOf } from "./frame-layout.ts";
import type { CallDescription } from "./frame-table.ts";
import { noOrigin, noSlot, type OperandStack } from "./operand-stack.ts";
import { asNullable, nameOfValue, type ValueCode } from "./value-code.ts";

/** For every function, whether the stack may be taken out while it runs. */
export interface CallPolicy {
  readonly unwinds: Uint8Array;
  readonly importedFunctionCount: number;
}

/** All there is to know about one call, for entering a body at it. */
export interface CallPlace {
  readonly call: BodyCall;
  readonly isImport: boolean;
  /** The constructs around it, the function first. */
  readonly path: readonly Control[];
  /** Locals that keep the operands, by height; the arguments of an import included. */
  readonly operandLocals: readonly number[];
  readonly operandTypes: readonly ValueCode[];
}

export class CallRecorder implements BodyObserver {
  readonly edits: Edit[] = [];
  readonly calls: CallDescription[] = [];
  /** Types of the locals added for operands, behind the call number's. */
  readonly operandTypes: ValueCode[] = [];
  /** What the edits set and what saved frames need, for liveness. */
  readonly sets = new Map<number, number[]>();
  readonly needs = new Map<number, number[]>();
  /** The call asked for. */
  place: CallPlace | undefined;
  readonly #policy: CallPolicy;
  readonly #wanted: number;
  readonly #locals = new Map<number, number>();

  /** `wanted` is the number of a call whose place is to be noted. */
  constructor(policy: CallPolicy, wanted = -1) {
    this.#policy = policy;
    this.#wanted = wanted;
  }

  call(walker: BodyWalker, call: BodyCall): void {
    const { unwinds, importedFunctionCount } = this.#policy;
    const { callee, argumentCount } = call;
    if (callee !== undefined && unwinds[callee] === 0) return;
    const isImport = callee !== undefined && callee < importedFunctionCount;
    // An import is called again when the stack is put back, so it needs its arguments then.
    const kept = walker.operands.height - (isImport ? 0 : argumentCount);
    const liveOperands = this.#keep(walker, kept);
    const callNumber = this.calls.length;
    if (callNumber === this.#wanted) this.#notePlace(walker, call, isImport, liveOperands);
    this.calls.push({ isImport, liveOperands });
    const callLocal = walker.locals.length;
    this.#noteSet(call.start, callLocal);
    this.needs.set(call.start, [...liveOperands, callLocal]);
    this.edits.push({ kind: "call", start: call.start, end: call.start, callNumber });
  }

  handler(walker: BodyWalker, { countStart, countEnd, count, catchesAll }: ClauseList): void {
    if (!catchesAll) return;
    const depth = walker.controls.length;
    const place = { start: countStart, end: countEnd };
    this.edits.push({ kind: "handler", ...place, clauseCount: count, depth });
  }

  #notePlace(walker: BodyWalker, call: BodyCall, isImport: boolean, locals: number[]): void {
    this.place = {
      call,
      isImport,
      path: walker.controls.map((control) => ({ ...control })),
      operandLocals: locals,
      operandTypes: [...walker.operands.types.subarray(0, locals.length)],
    };
  }

  /** For each of the lowest operands, the local in which it is found when the call is made. */
  #keep(walker: BodyWalker, height: number): number[] {
    const { slots, origins } = walker.operands;
    const loopHeight = innermostLoopHeight(walker);
    const locals: number[] = [];
    for (let at = 0; at < height; at++) {
      if (at >= loopHeight && isUnchanged(walker, at)) {
        locals.push(origins[at]);
        continue;
      }
      if (slots[at] === noSlot) this.#keepOne(walker, at);
      locals.push(slots[at]);
    }
    return locals;
  }

  #keepOne(walker: BodyWalker, at: number): void {
    const { operands } = walker;
    const producedAt = operands.producedAt[at];
    const group = walker.groups.get(producedAt);
    const bottom = group?.bottom ?? at;
    const types = group?.types ?? [operands.types[at]];
    const locals = types.map((type, index) => this.#localFor(walker, bottom + index, type));
    const place = { start: producedAt, end: producedAt };
    this.edits.push({ kind: "keep", ...place, locals, types });
    this.#noteSet(producedAt, ...locals);
    assignSlots(operands, producedAt, bottom, locals);
  }

  #noteSet(offset: number, ...locals: readonly number[]): void {
    const noted = this.sets.get(offset);
    if (noted === undefined) this.sets.set(offset, [...locals]);
    else noted.push(...locals);
  }

  #localFor(walker: BodyWalker, height: number, type: ValueCode): number {
    const stored = asNullable(type);
    if (saveKindOf(stored) === undefined) {
      walker.reader.fail(`an operand of type ${nameOfValue(type)} lives across a call`);
    }
    const key = stored * 0x10000 + height;
    let local = this.#locals.get(key);
    if (local === undefined) {
      this.operandTypes.push(stored);
      local = walker.locals.length + this.operandTypes.length;
      this.#locals.set(key, local);
    }
    return local;
  }
}

/** Operands below it were there when the loop was last entered: locals may have changed on later turns. */
function innermostLoopHeight({ controls }: BodyWalker): number {
  return controls.findLast(({ opcode }) => opcode === Opcode.loop)?.height ?? 0;
}

/** Whether the operand is still what the local that it was read from holds. */
function isUnchanged({ operands, lastSet }: BodyWalker, at: number): boolean {
  const origin = operands.origins[at];
  return origin !== noOrigin && lastSet[origin] <= operands.producedAt[at];
}

// Of values made together, those above may be gone by now.
function assignSlots(
  operands: OperandStack,
  producedAt: number,
  bottom: number,
  locals: readonly number[],
): void {
  locals.forEach((local, index) => {
    const at = bottom + index;
    if (at < operands.height && operands.producedAt[at] === producedAt) operands.slots[at] = local;
  });
}
