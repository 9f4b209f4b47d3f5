// Modules of the scripts from text to bytes. The toolkit that knows how to keep a module as it is written
// comes first; Binaryen, which brings it into a form of its own, for what that one does not know.
import binaryen from "binaryen";
import { binaryLiteral } from "./binary-literal.ts";
import wabt from "wabt";

const toolkit = await wabt();

const encoder = new TextEncoder();
const features = {
  exceptions: true,
  threads: true,
  tail_call: true,
  memory64: true,
  extended_const: true,
  relaxed_simd: true,
  function_references: true,
  gc: true,
  multi_memory: true,
};

const { Features } = binaryen;
/** What engines have without a flag; all of Binaryen's, and it would write what only it can read. */
const settled =
  Features.Atomics |
  Features.MutableGlobals |
  Features.NontrappingFPToInt |
  Features.SIMD128 |
  Features.BulkMemory |
  Features.SignExt |
  Features.ExceptionHandling |
  Features.TailCall |
  Features.ReferenceTypes |
  Features.Multivalue |
  Features.GC |
  Features.Memory64 |
  Features.RelaxedSIMD |
  Features.ExtendedConst |
  Features.MultiMemory;

/** The bytes, or what there is against the text. */
export function assembleText(text: string): Uint8Array<ArrayBuffer> | string {
  const literal = binaryLiteral(text);
  if (literal !== undefined) return literal;
  return attempt(() => {
    // As bytes: of a string the toolkit takes one byte for each character.
    const module = toolkit.parseWat("script.wat", encoder.encode(text), features);
    try {
      return Uint8Array.from(module.toBinary({}).buffer);
    } finally {
      module.destroy();
    }
  });
}

/** Of a module that must be valid: the first form of it that the engine takes. */
export function assembleValidText(text: string): Uint8Array<ArrayBuffer> | string {
  const first = assembleText(text);
  if (isAccepted(first)) return first;
  const second = attempt(() => {
    const module = binaryen.parseText(text);
    try {
      module.setFeatures(settled);
      return Uint8Array.from(module.emitBinary());
    } finally {
      module.dispose();
    }
  });
  return isAccepted(second) ? second : first;
}

function isAccepted(assembled: Uint8Array<ArrayBuffer> | string): boolean {
  return typeof assembled !== "string" && WebAssembly.validate(assembled);
}

function attempt(assemble: () => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | string {
  try {
    return assemble();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
