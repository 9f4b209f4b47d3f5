// The body of a continuation: the function's own, entered at one of its calls and run at full speed.
//
// The constructs around the call are opened again from the outside inwards, each with the operands that
// lay in it; then the next inner frame is continued, or the kernel call made again, which gives the
// call's results; then follows the rest of each construct from the inside outwards, copied as written.
// An `if` continues in its arm. A loop runs the rest of its body once, and then the loop as written:
//
//   block $exit (result ...)
//     block $again (result ...)          a branch to the loop, from the rest, leads behind this
//       ... the rest
//       br $exit
//     end
//     loop ... the whole loop ... end
//   end
import { ByteWriter, Opcode } from "../binary/index.ts";
import {
  type BodyCapture,
  type CallPlace,
  closePad,
  isNonNull,
  openPad,
  runsOf,
  saveParameters,
  type TypeList,
  writeCallNumber,
  writeRuns,
} from "../rewrite/index.ts";
import { BodyCopier, type CopyContext } from "./body-copier.ts";
import { takerOf, writeTake } from "./take.ts";

const takeContinuation = 0;
const exitLabel = 1;

/** Local declarations and code. */
export function writeContinuation(
  capture: BodyCapture,
  callNumber: number,
  context: CopyContext,
): Uint8Array {
  const { source, types } = context;
  const { place, frame, saved } = capture;
  if (place === undefined) {
    throw new Error(`Function ${frame.functionIndex} has no call ${callNumber}.`);
  }
  const out = new ByteWriter((capture.scan.end - capture.scan.start) * 2 + 1024);
  const runs = runsOf(frame.locals);
  out.u32(runs.length);
  writeRuns(out, runs);
  for (const { local, type } of saved) {
    writeTake(out, type, takerOf(type));
    out.u8(Opcode.localSet).u32(local);
  }
  writeCallNumber(out, callNumber, frame.callLocal);
  openPad(out, types, capture.type.results, source.additions.unwindTag);
  const copier = new BodyCopier(capture, out, context);
  new Entry(place, types, copier).writeConstruct(0);
  closePad(out, { ...frame, saved }, (writer, kind) => {
    copier.access.writeCallOfType(
      writer,
      source.additions.firstSave + kind,
      types.index(saveParameters[kind] ?? [], []),
    );
  });
  return out.finish();
}

class Entry {
  readonly #place: CallPlace;
  readonly #types: TypeList;
  readonly #copier: BodyCopier;

  constructor(place: CallPlace, types: TypeList, copier: BodyCopier) {
    this.#place = place;
    this.#types = types;
    this.#copier = copier;
  }

  /** The contents of the construct at this place of the path, and its end. */
  writeConstruct(at: number): void {
    const { path } = this.#place;
    const copier = this.#copier;
    this.#writeOperands(at);
    if (at + 1 < path.length) {
      const isLoop = path[at + 1].opcode === Opcode.loop;
      if (isLoop) this.#writeLoop(at + 1);
      else this.#writeBlock(at + 1);
    } else {
      this.#writeCall();
      copier.moveBehind(this.#place.call.end);
    }
    copier.copyRest();
    if (path[at].opcode === Opcode.loop) copier.out.u8(Opcode.branch).u32(exitLabel);
    copier.out.u8(Opcode.end);
    copier.close();
  }

  #writeOperands(at: number): void {
    const { path, operandLocals, operandTypes } = this.#place;
    const end = path[at + 1]?.height ?? operandLocals.length;
    const { out } = this.#copier;
    for (let height = path[at].height; height < end; height++) {
      out.u8(Opcode.localGet).u32(operandLocals[height]);
      if (isNonNull(operandTypes[height])) out.u8(Opcode.refAsNonNull);
    }
  }

  #writeBlock(at: number): void {
    const { opcode, start, type } = this.#place.path[at];
    const copier = this.#copier;
    if (opcode === Opcode.tryTable) {
      copier.openHandler(start, type.results);
    } else {
      copier.out.u8(Opcode.block);
      this.#types.writeBlockType(copier.out, type.results);
      copier.open();
    }
    this.writeConstruct(at);
  }

  #writeLoop(at: number): void {
    const { start, type } = this.#place.path[at];
    const copier = this.#copier;
    copier.out.u8(Opcode.block);
    this.#types.writeBlockType(copier.out, type.results);
    copier.openUnnamed();
    copier.out.u8(Opcode.block);
    this.#types.writeBlockType(copier.out, type.parameters);
    copier.open();
    this.writeConstruct(at);
    copier.copyWhole(start);
    copier.out.u8(Opcode.end);
    copier.closeUnnamed();
  }

  /** The next inner frame, or the kernel call again. */
  #writeCall(): void {
    const { call, isImport } = this.#place;
    const { out } = this.#copier;
    this.#copier.noteHere(call.start);
    if (isImport && call.callee !== undefined) {
      this.#copier.access.writeReturn(out, call.callee);
      return;
    }
    out.u8(Opcode.call).u32(takeContinuation);
    out.u8(Opcode.callIndirect).u32(this.#types.index([], call.type.results));
    out.u32(this.#copier.access.continuationTable);
  }
}
