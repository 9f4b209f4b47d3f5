// The portals of one core as wasm functions in one table, entered through one small function. The
// core's loop calls a portal at a place that has seen one callee only, whichever portal it is, so the
// engine compiles the crossing into it; a call of a different export each time costs three times that.
//
// A program's portal is entered by a function of its own, which takes the message from the register
// file and puts the answer there: nothing passes through JavaScript but the number of the portal.
import { Register } from "../../abi/index.ts";
import type { PortalEntry } from "../core.ts";
import { ByteWriter } from "./prepare/index.ts";

/** What a program's portal takes, in this order, after the number it is known by. */
const parameters = ["badge", "label", "w0", "w1", "w2", "w3", "w4", "w5"] as const;

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00] as const;
const i32 = 0x7f;
const functionType = 0x60;
const op = { end: 0x0b, call: 0x10, callIndirect: 0x11, localGet: 0x20, load: 0x28, store: 0x36 };
const i32Const = 0x41;
const initialEntries = 64;

export class PortalTable {
  /** Runs the portal of an endpoint on the registers. */
  readonly enter: (endpoint: number) => void;
  readonly #table: WebAssembly.Table;

  constructor() {
    this.#table = new WebAssembly.Table({ element: "anyfunc", initial: initialEntries });
    dispatcher ??= new WebAssembly.Module(dispatcherModule());
    const { exports } = new WebAssembly.Instance(dispatcher, { shoal: { table: this.#table } });
    // The module above exports exactly this function.
    this.enter = exports["enter"] as (endpoint: number) => void;
  }

  has(endpoint: number): boolean {
    return endpoint < this.#table.length && this.#table.get(endpoint) !== null;
  }

  /** The endpoint is gone: what takes its row later is another portal, or none. */
  remove(endpoint: number): void {
    if (this.has(endpoint)) this.#table.set(endpoint, null);
  }

  set(endpoint: number, entry: PortalEntry): void {
    const missing = endpoint + 1 - this.#table.length;
    if (missing > 0) this.#table.grow(Math.max(missing, this.#table.length));
    this.#table.set(endpoint, asWasm(entry));
  }
}

/**
 * A wasm function that calls `serve` with its number and the message in the registers, and puts what
 * it answers into the label. Throws a LinkError of the engine if `serve` has other parameters.
 */
export function portalEntry(
  registers: WebAssembly.Memory,
  handler: number,
  serve: WebAssembly.ImportValue,
): PortalEntry {
  const module = new WebAssembly.Module(entryModule(handler));
  const { exports } = new WebAssembly.Instance(module, { shoal: { registers, serve } });
  // The module above exports exactly this function.
  return exports["enter"] as PortalEntry;
}

let dispatcher: WebAssembly.Module | undefined;
let passer: WebAssembly.Module | undefined;

/** A function of JavaScript, once imported and exported again, can be put into a table. */
function asWasm(entry: PortalEntry): PortalEntry {
  passer ??= new WebAssembly.Module(passerModule());
  const { exports } = new WebAssembly.Instance(passer, { shoal: { entry } });
  return exports["enter"] as PortalEntry;
}

/** (func (export "enter") (param i32) (call_indirect (type 0) (local.get 0))) */
function dispatcherModule(): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter().raw(header);
  section(out, 1, new ByteWriter().raw([2, functionType, 0, 0, functionType, 1, i32, 0]));
  section(out, 2, new ByteWriter().u32(1).name("shoal").name("table").raw([0x01, 0x70, 0x00, 1]));
  section(out, 3, new ByteWriter().raw([1, 1]));
  section(out, 7, exportEnter(0));
  section(out, 10, code([op.localGet, 0, op.callIndirect, 0, 0]));
  return out.finish();
}

function passerModule(): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter().raw(header);
  section(out, 1, new ByteWriter().raw([1, functionType, 0, 0]));
  section(out, 2, new ByteWriter().u32(1).name("shoal").name("entry").raw([0x00, 0]));
  section(out, 7, exportEnter(0));
  return out.finish();
}

function entryModule(handler: number): Uint8Array<ArrayBuffer> {
  const serveParameters = 1 + parameters.length;
  const types = new ByteWriter().raw([2, functionType, 0, 0, functionType]).u32(serveParameters);
  for (let i = 0; i < serveParameters; i++) types.u8(i32);
  const imports = new ByteWriter().u32(2);
  imports.name("shoal").name("registers").raw([0x02, 0x01, 1, 1]);
  imports.name("shoal").name("serve").raw([0x00, 1]);
  const body = new ByteWriter().raw([0, i32Const, 0, i32Const]).s32(handler);
  for (const name of parameters) {
    body.raw([i32Const, 0, op.load, 2]).u32(Register[name] * 4);
  }
  body
    .raw([op.call, 0, op.store, 2])
    .u32(Register.label * 4)
    .u8(op.end);
  const out = new ByteWriter().raw(header);
  section(out, 1, types.raw([1, i32]));
  section(out, 2, imports);
  section(out, 3, new ByteWriter().raw([1, 0]));
  section(out, 7, exportEnter(1));
  section(out, 10, new ByteWriter().u32(1).sized(body.view()));
  return out.finish();
}

function section(out: ByteWriter, id: number, body: ByteWriter): void {
  out.u8(id).sized(body.view());
}

function exportEnter(index: number): ByteWriter {
  return new ByteWriter().u32(1).name("enter").u8(0).u32(index);
}

/** A code section of one function without locals. */
function code(instructions: readonly number[]): ByteWriter {
  return new ByteWriter().u32(1).sized(new Uint8Array([0, ...instructions, op.end]));
}
