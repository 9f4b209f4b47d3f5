// Makes a program whose stack can be taken out. In normal running nothing is tested and nothing saved:
// each function that can reach a kernel call has a landing pad, and the number of each call that it
// makes stands in a local. When an import throws the one exception that only it can throw, every frame
// lands on its pad, saves itself, and throws on.
//
// Three passes: declarations; a scan of the code that finds who can reach a call; and, for those
// functions alone, one that types the body and writes it anew.
import { exposeInternals, readBinary, readDeclarations, SectionId } from "../binary/index.ts";
import type { Declarations, WasmBinary } from "../binary/index.ts";
import { addedFunctions } from "./added-functions.ts";
import { planAdditions } from "./additions.ts";
import type { CaptureContext } from "./body-capture.ts";
import { type CodeScan, scanCode } from "./code-scan.ts";
import { rewriteBodies } from "./code-writer.ts";
import { payloadsOf } from "./exception-saver.ts";
import { type FrameTable, frameTableVersion } from "./frame-table.ts";
import { moduleTypes } from "./module-types.ts";
import { translateOldExceptions } from "./old-exceptions/translate.ts";
import { findReach } from "./reach.ts";
import { countEntries, writeCapturable } from "./section-writer.ts";
import { addTrampolines, planTrampolines } from "./trampoline.ts";

export interface CaptureOptions {
  /** Whether the stack may be taken out of an import; of any, unless given. */
  readonly unwinds?: (module: string, name: string) => boolean;
}

/** A program in the form that continuations are made from. */
export interface CaptureSource extends CaptureContext {
  readonly declarations: Declarations;
  readonly scan: CodeScan;
}

export interface CapturableModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly frames: FrameTable;
  readonly source: CaptureSource;
}

/**
 * Rewrites a module.
 *
 * @throws InvalidModuleError with offset and reason, for a module that is malformed or whose stack
 *   could hold what cannot be saved
 */
export function makeCapturable(bytes: Uint8Array, options: CaptureOptions = {}): CapturableModule {
  const source = captureSource(bytes, options);
  const binary = readBinary(source.bytes);
  const code = rewriteBodies(source);
  const added = addedFunctions(source.additions, source.module);
  return {
    bytes: writeCapturable(binary, source, code, added),
    frames: {
      version: frameTableVersion,
      tags: payloadsOf(source.module),
      functions: code.frames,
    },
    source,
  };
}

/** What `makeCapturable` knows of a module before it writes it; the same input gives the same. */
export function captureSource(bytes: Uint8Array, options: CaptureOptions = {}): CaptureSource {
  const original = readBinary(bytes);
  const first = readParts(exposeInternals(original, readDeclarations(original), "everything"));
  const exposed = first.scan.hasOldExceptions
    ? readParts(translateOldExceptions(first.binary, first.declarations))
    : first;
  const trampolines = planTrampolines(exposed.binary, exposed.declarations, exposed.scan);
  const parts =
    trampolines.size === 0
      ? exposed
      : readParts(addTrampolines(exposed.binary, exposed.declarations, trampolines));
  const { binary, declarations, scan } = parts;
  const module = moduleTypes(declarations);
  const elementSegmentCount = countEntries(binary, SectionId.element);
  const additions = planAdditions({ declarations, scan, trampolines, elementSegmentCount });
  const unwinds = findReach(scan, importsThatUnwind(declarations, options));
  return { bytes: binary.bytes, declarations, module, scan, additions, unwinds };
}

interface Parts {
  readonly binary: WasmBinary;
  readonly declarations: Declarations;
  readonly scan: CodeScan;
}

function readParts(bytes: Uint8Array): Parts {
  const binary = readBinary(bytes);
  const declarations = readDeclarations(binary);
  return { binary, declarations, scan: scanCode(binary, declarations) };
}

function importsThatUnwind(declarations: Declarations, { unwinds }: CaptureOptions): boolean[] {
  return declarations.imports
    .filter(({ kind }) => kind === "function")
    .map(({ module, name }) => unwinds?.(module, name) ?? true);
}
