// Follows the typing of one body and notes everything that capture needs there: a number for each call
// that the stack may be taken out of, a local for each operand that lives across one, a clause in
// front of each handler that catches everything.
//
// An operand lies at one height for all its life, and no other value lies there meanwhile. So it gets
// the local of its height and type, and a copy taken where it is made serves all calls it lives across.
import type { BodyCall, BodyObserver, BodyWalker, ClauseList, Control } from "./body-walker.ts";
import type { Edit } from "./edit.ts";
import { saveKindOf } from "./frame-layout.ts";
import type { CallDescription } from "./frame-table.ts";
import { noSlot, type OperandStack } from "./operand-stack.ts";
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
    this.#keep(walker, kept);
    const liveOperands = [...walker.operands.slots.subarray(0, kept)];
    const callNumber = this.calls.length;
    if (callNumber === this.#wanted) this.#notePlace(walker, call, isImport, liveOperands);
    this.calls.push({ isImport, liveOperands });
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

  // Whatever lies below a kept operand is kept already: it lived across the same call.
  #keep(walker: BodyWalker, height: number): void {
    const { operands } = walker;
    for (let at = height - 1; at >= 0 && operands.slots[at] === noSlot; at--) {
      const producedAt = operands.producedAt[at];
      const group = walker.groups.get(producedAt);
      const bottom = group?.bottom ?? at;
      const types = group?.types ?? [operands.types[at]];
      const locals = types.map((type, index) => this.#localFor(walker, bottom + index, type));
      const place = { start: producedAt, end: producedAt };
      this.edits.push({ kind: "keep", ...place, locals, types });
      assignSlots(operands, producedAt, bottom, locals);
    }
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
