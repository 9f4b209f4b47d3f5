// Makes a module's stack capturable with Binaryen's Asyncify: the first implementation, kept behind
// one function so that another can take its place. Saved frames go to a second memory that the
// program cannot name, exported as `shoal_capture_memory`.
//
// Loading Binaryen costs a third of a second and 130 MB, so this file is imported only in the
// preparation worker, and only when there is something to rewrite.
import binaryen from "binaryen";
import {
  InvalidModuleError,
  ReservedExport,
  SectionId,
  extendExports,
  findCustomSection,
  readBinary,
  readDeclarations,
  speaksOfOffsets,
  writeBinary,
} from "../binary/index.ts";
import type { WasmBinary } from "../binary/index.ts";
import { usesTryTable } from "./fuel-scan.ts";

/** Modules all of whose imports may wait. */
const waitingModules = ["shoal", "shoal_process", "wasi_snapshot_preview1", "wasi_unstable"];

/** Memory for saved frames; pages never written to cost nothing. */
export const capturePages = 64;

// What the engines accept and Asyncify understands. Never `Features.All`: that lets the writer use
// encodings, such as compact imports, which the engine refuses.
const { Features } = binaryen;
const acceptedFeatures =
  Features.Atomics |
  Features.MutableGlobals |
  Features.NontrappingFPToInt |
  Features.SIMD128 |
  Features.BulkMemory |
  Features.BulkMemoryOpt |
  Features.CallIndirectOverlong |
  Features.SignExt |
  Features.ExceptionHandling |
  Features.TailCall |
  Features.ReferenceTypes |
  Features.Multivalue |
  Features.Memory64 |
  Features.RelaxedSIMD |
  Features.ExtendedConst |
  Features.MultiMemory;

// The installed package takes the features as a second argument; its declarations name a function
// for it that is not there.
const readModule = binaryen.readBinary as (
  data: Uint8Array,
  features: number,
) => ReturnType<typeof binaryen.readBinary>;

export function asyncify(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const binary = readBinary(bytes);
  const hasNames = findCustomSection(binary, "name") !== undefined;
  const memoryCount = readDeclarations(binary).memories.length;
  try {
    const rewritten = runAsyncify(withoutOffsets(binary), hasNames);
    return exportCaptureMemory(rewritten, memoryCount);
  } catch (error) {
    if (error instanceof InvalidModuleError) throw error;
    throw new InvalidModuleError(
      `Asyncify cannot make its stack capturable: ${causeOf(error, binary)}`,
      0,
      "Run it under the process model for now, which needs no capture.",
    );
  }
}

/** Binaryen would keep debug sections as far as it understands them, and this pass moves everything. */
function withoutOffsets(binary: WasmBinary): Uint8Array {
  const named = binary.sections.map(({ customName }) => customName).filter(speaksOfOffsets);
  if (named.length === 0) return binary.bytes;
  const customSections = new Map(named.map((name) => [name, null]));
  return writeBinary(binary, { sections: new Map(), customSections });
}

// Asyncify aborts without a word on exception handling of today's form.
function causeOf(error: unknown, binary: WasmBinary): string {
  if (usesTryTable(binary)) return "it uses exception handling, which Asyncify does not know";
  return error instanceof Error ? error.message.split("\n")[0] : String(error);
}

// Level 1 lets Asyncify clean up after itself: measured on Lua, half the size and two thirds of the
// run time of level 0, in 6 s; a full optimisation afterwards takes twice as long and gains
// nothing.
function runAsyncify(bytes: Uint8Array, hasNames: boolean): Uint8Array {
  const module = readModule(bytes, acceptedFeatures);
  try {
    binaryen.setDebugInfo(hasNames);
    binaryen.setOptimizeLevel(1);
    binaryen.setShrinkLevel(0);
    const imports = waitingModules.map((name) => `${name}.*`).join(",");
    binaryen.setPassArgument("asyncify-imports", imports);
    binaryen.setPassArgument("asyncify-in-secondary-memory", "1");
    binaryen.setPassArgument("asyncify-secondary-memory-size", String(capturePages));
    module.runPasses(["asyncify"]);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

function exportCaptureMemory(bytes: Uint8Array, oldMemoryCount: number): Uint8Array<ArrayBuffer> {
  const binary = readBinary(bytes);
  const { memories, exports } = readDeclarations(binary);
  if (memories.length !== oldMemoryCount + 1) {
    throw new InvalidModuleError("Asyncify did not add its memory", 0, "Report this program.");
  }
  const entry = {
    name: ReservedExport.captureMemory,
    kind: "memory",
    index: oldMemoryCount,
  } as const;
  const body = extendExports(binary, exports.length, [entry]);
  return writeBinary(binary, { sections: new Map([[SectionId.export, body]]) });
}
