// Loops that call nothing are counted in strips: a local counts the turns, and only when a strip is full
// is it taken from the fuel. The call that may come of it stands in a loop of its own around the other:
//
//   loop $strip
//     if the strip is full: empty it, take its turns from the fuel, call the kernel if that is used up
//     loop $turn
//       count a turn; br_if $strip if that fills the strip
//       ... the body as it was, with one label more around it
//     end
//   end
//
// So the loop that matters has no call in it, and the engine still keeps its locals in registers and
// unrolls it. What is left of a strip when the function returns is not counted: that is less work than
// the instructions that a function may run for nothing, and is reckoned among them.
import { type ByteReader, type ByteWriter, Opcode, readValueType } from "../binary/index.ts";
import { branchOffset, fuelCheck, type FuelPlaces } from "./fuel-check.ts";

/** Turns of a strip. */
export const stripTurns = 32;

/** Instructions of a turn above which counting it costs nothing that one would see. */
const turnCostMax = 60;

const atLeast = 0x4f; // i32.ge_u
const add = 0x6a; // i32.add
const emptyBlock = 0x40;

/** Reads the local declarations of a body and writes them with one more number; answers its index. */
export function addCounter(reader: ByteReader, out: ByteWriter, parameterCount: number): number {
  const groupCount = reader.u32();
  const groupsStart = reader.position;
  let counter = parameterCount;
  for (let left = groupCount; left > 0; left--) {
    counter += reader.u32();
    readValueType(reader);
  }
  out.u32(groupCount + 1).range(reader.bytes, groupsStart, reader.position);
  out.u8(1).u8(0x7f);
  return counter;
}

/**
 * Writes what comes between the head of a loop and its body.
 *
 * @param type the loop's block type as it is encoded
 * @returns where in `out` the branches stand that are hardly ever taken
 */
export function openStrip(
  out: ByteWriter,
  type: Uint8Array,
  counter: number,
  places: FuelPlaces,
): number[] {
  out.u8(Opcode.localGet).u32(counter).u8(Opcode.i32Const).s32(stripTurns).u8(atLeast);
  const isFull = out.length;
  out.u8(Opcode.if).u8(emptyBlock);
  out.u8(Opcode.i32Const).s32(0).u8(Opcode.localSet).u32(counter);
  const check = fuelCheck(places, stripTurns);
  const isUsedUp = out.length + branchOffset(places, check);
  out.raw(check).u8(Opcode.end);
  out.u8(Opcode.loop).raw(type);
  out.u8(Opcode.localGet).u32(counter).u8(Opcode.i32Const).s32(1).u8(add);
  out.u8(Opcode.localTee).u32(counter).u8(Opcode.i32Const).s32(stripTurns).u8(atLeast);
  const fills = out.length;
  out.u8(Opcode.branchIf).u32(1);
  return [isFull, isUsedUp, fills];
}

interface Candidate {
  readonly start: number;
  readonly depth: number;
  readonly costBefore: number;
}

/** Finds, while a body is scanned, the loops that can be counted so: the innermost, if they call nothing. */
export class StripFinder {
  /** Offsets of their opcodes, ascending. */
  readonly strips: number[] = [];
  #depth = 0;
  #candidate: Candidate | undefined;
  #hasOldExceptions = false;

  /**
   * An instruction at `start`, behind which the reader stands.
   *
   * @returns what the turns of a strip cost that ends here
   */
  note(opcode: number, start: number, reader: ByteReader, cost: number): number {
    switch (opcode) {
      case Opcode.loop:
        this.#depth++;
        this.#candidate = isPlain(reader.bytes[start + 1])
          ? { start, depth: this.#depth, costBefore: cost }
          : undefined;
        return 0;
      case Opcode.block:
      case Opcode.if:
        this.#depth++;
        return 0;
      case Opcode.end:
        return this.#end(cost);
      default:
        if (opensHandler(opcode)) this.#depth++;
        if (opcode === oldTry) this.#hasOldExceptions = true;
        if (isForeign(opcode)) this.#candidate = undefined;
        return 0;
    }
  }

  #end(cost: number): number {
    if (this.#candidate?.depth !== this.#depth--) return 0;
    const { start, costBefore } = this.#candidate;
    this.#candidate = undefined;
    const turnCost = cost - costBefore;
    // Which `end` is whose cannot be told by counting if a `delegate` may close a construct too.
    if (this.#hasOldExceptions || turnCost > turnCostMax) return 0;
    this.strips.push(start);
    return turnCost * stripTurns;
  }
}

const oldTry = 0x06;

/** A block type without parameters. */
function isPlain(type: number | undefined): boolean {
  return type !== undefined && type >= 0x40 && type < 0x80;
}

function opensHandler(opcode: number): boolean {
  return opcode === Opcode.tryTable || opcode === oldTry;
}

/** Calls, what may become one, and what has labels that are not mapped. */
function isForeign(opcode: number): boolean {
  return opensHandler(opcode) || callOpcodes.has(opcode) || !isComputation(opcode);
}

/** One byte, a saturating conversion, or an instruction on vectors. */
function isComputation(opcode: number): boolean {
  return opcode <= 0xff || (opcode >= 0xfc0000 && opcode <= 0xfc0007) || opcode >>> 16 === 0xfd;
}

const callOpcodes: ReadonlySet<number> = new Set([
  Opcode.call,
  Opcode.callIndirect,
  Opcode.callRef,
  Opcode.returnCall,
  Opcode.returnCallIndirect,
  Opcode.returnCallRef,
]);
