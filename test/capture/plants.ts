// Deliberate errors in the transformer and on the way from one instance to the next, for the proof of the
// proof. Each wraps what is right for the time of one run, so that no error stands in the source.
import { CallRecorder } from "../../src/process/wasm/rewrite/call-recorder.ts";
import type { BodyCall, BodyWalker } from "../../src/process/wasm/rewrite/body-walker.ts";
import type { CallEdit } from "../../src/process/wasm/rewrite/edit.ts";
import { asData, type Parcel } from "./stopped-run.ts";

export interface Plant {
  readonly name: string;
  /** Puts the error in place; answers how to take it out. */
  readonly plant: () => () => void;
  /** A wrong way from one instance to the next. */
  readonly carry?: (parcel: Parcel) => Parcel;
}

type CallObserver = (this: CallRecorder, walker: BodyWalker, call: BodyCall) => void;

/** Wraps what the transformer does at each call. */
function atCalls(name: string, spoil: (right: CallObserver) => CallObserver): Plant {
  const plant = (): (() => void) => {
    const right = CallRecorder.prototype.call; // called with its own object below
    CallRecorder.prototype.call = spoil(right);
    return () => {
      CallRecorder.prototype.call = right;
    };
  };
  return { name, plant };
}

function atHandlers(name: string): Plant {
  const plant = (): (() => void) => {
    const right = CallRecorder.prototype.handler;
    CallRecorder.prototype.handler = () => undefined;
    return () => {
      CallRecorder.prototype.handler = right;
    };
  };
  return { name, plant };
}

function onTheWay(name: string, spoil: (parcel: Parcel) => Parcel): Plant {
  return { name, plant: () => () => undefined, carry: (parcel) => spoil(asData(parcel)) };
}

/** The calls that a frame may stand in, with one of them numbered wrongly. */
function misnumber(recorder: CallRecorder): void {
  const edit = recorder.edits.at(-1);
  if (edit?.kind !== "call" || edit.callNumber === 0) return;
  recorder.edits[recorder.edits.length - 1] = { ...edit, callNumber: edit.callNumber - 1 };
}

/** The number of a call is set behind it, where it comes too late. */
function setTooLate(recorder: CallRecorder, { end }: BodyCall): void {
  const edit = recorder.edits.at(-1);
  if (edit?.kind !== "call") return;
  const late: CallEdit = { ...edit, start: end, end };
  recorder.edits[recorder.edits.length - 1] = late;
}

export const plants: readonly Plant[] = [
  atCalls("a call gets the number of the one before", (right) => {
    return function (walker, call) {
      right.call(this, walker, call);
      misnumber(this);
    };
  }),
  atCalls("the number of a call is set behind it", (right) => {
    return function (walker, call) {
      right.call(this, walker, call);
      setTooLate(this, call);
    };
  }),
  atCalls("calls through a reference are overlooked", (right) => {
    return function (walker, call) {
      if (call.callee !== undefined) right.call(this, walker, call);
    };
  }),
  atCalls("an operand below a call is not kept", (right) => {
    return function (walker, call) {
      const { height } = walker.operands;
      right.call(this, walker, call);
      if (height === 0) return;
      const at = this.edits.findLastIndex(({ kind }) => kind === "keep");
      if (at >= 0) this.edits.splice(at, 1);
    };
  }),
  atCalls("what a frame needs in a call is taken for unread, and cleared before it", (right) => {
    return function (walker, call) {
      right.call(this, walker, call);
      this.needs.delete(call.start);
    };
  }),
  atHandlers("a handler that catches everything catches the capture"),
  onTheWay("the outermost frame is lost", ({ frames, state }) => {
    const fewer = frames.frames.length > 1 ? frames.frames.slice(0, -1) : frames.frames;
    return { frames: { ...frames, frames: fewer }, state };
  }),
  onTheWay("the first value of a frame is zero", ({ frames, state }) => {
    for (const { values } of frames.frames) values.fill(0, 0, 4);
    return { frames, state };
  }),
  onTheWay("the lowest bit of a frame's last value is lost", ({ frames, state }) => {
    for (const { values } of frames.frames)
      if (values.length >= 4) values[values.length - 4] &= 0xfe;
    return { frames, state };
  }),
  onTheWay("the last changing global stays behind", ({ frames, state }) => {
    const globals = state.globals.slice();
    globals.fill(0, globals.length - 8);
    return { frames, state: { ...state, globals } };
  }),
  onTheWay("tables stay behind", ({ frames, state }) => {
    return { frames, state: { ...state, tables: [] } };
  }),
  onTheWay("a byte of memory is lost", ({ frames, state }) => {
    for (const memory of state.memories) memory[memory.findIndex((byte) => byte !== 0)] = 0;
    return { frames, state };
  }),
];
