// Preparation for capture by our own rewriter: the module rewritten, its frame table in a custom section
// behind it, so that both are cached as one; and, only when a stack is first put back, what
// continuations are made from.
import {
  ByteWriter,
  exposeInternals,
  findCustomSection,
  readBinary,
  readDeclarations,
  reservedModule,
  SectionId,
} from "../binary/index.ts";
import { CapturableProgram, FrameStore, UnwindingStack } from "../resume/index.ts";
import {
  captureSource,
  type CaptureOptions,
  type CaptureSource,
  decodeFrameTable,
  encodeFrameTable,
  makeCapturable,
} from "../rewrite/index.ts";
import { insertFuel } from "./fuel.ts";

/** Custom section with the frame table. */
export const frameSection = "shoal.frames";

/** Custom section with a digest of what the module was made from, to which its frames belong. */
const sourceSection = "shoal.source";

/** Functions of the kernel's own that only look at registers: nothing ever waits in them. */
const neverWaiting: ReadonlySet<string> = new Set(["label", "badge", "word", "set_word"]);

const captureOptions: CaptureOptions = {
  unwinds: (module, name) => module !== reservedModule || !neverWaiting.has(name),
};

/** The module with fuel, if it is to have it, and with its stack capturable. */
export function rewriteForCapture(bytes: Uint8Array, fuel: boolean): Uint8Array<ArrayBuffer> {
  const {
    bytes: rewritten,
    frames,
    source,
  } = makeCapturable(withFuel(bytes, fuel), captureOptions);
  const table = new ByteWriter(4096).name(frameSection).raw(encodeFrameTable(frames));
  const digest = new ByteWriter(64).name(sourceSection).raw(digestOf(source));
  const out = new ByteWriter(rewritten.length + table.length + digest.length + 32).raw(rewritten);
  out.u8(SectionId.custom).sized(table.view());
  return out.u8(SectionId.custom).sized(digest.view()).finish();
}

function digestOf({ bytes }: CaptureSource): Buffer {
  return process.getBuiltinModule("node:crypto").hash("sha256", bytes, "buffer");
}

/**
 * A program that was rewritten so.
 *
 * @param original the module before it was rewritten
 * @param rewritten what `rewriteForCapture` made of it
 */
export function capturableProgram(
  original: Uint8Array,
  rewritten: Uint8Array,
  fuel: boolean,
): CapturableProgram {
  const section = findCustomSection(readBinary(rewritten), frameSection);
  if (section === undefined) throw new Error("The module was not prepared for capture.");
  const frames = decodeFrameTable(rewritten.subarray(section.bodyStart, section.end));
  const source = captureSource(withFuel(original, fuel), captureOptions);
  checkSource(rewritten, source);
  return new CapturableProgram(source, frames);
}

/** A module that another version made may number its calls otherwise than we do. */
function checkSource(rewritten: Uint8Array, source: CaptureSource): void {
  const section = findCustomSection(readBinary(rewritten), sourceSection);
  const found = section === undefined ? [] : rewritten.subarray(section.bodyStart, section.end);
  if (digestOf(source).equals(Uint8Array.from(found))) return;
  throw new Error(
    "The module was prepared by another version of Shoal. Remove it from the cache, and run it again.",
  );
}

/** One for all programs of a core: a stack is taken out in one go. */
let store: FrameStore | undefined;

/** What takes out and puts back the stacks of an instance; `returns` as in its options. */
export function stackOf(
  program: CapturableProgram,
  instance: WebAssembly.Instance,
  returns?: () => WebAssembly.Table,
): UnwindingStack {
  store ??= new FrameStore();
  return new UnwindingStack({ program, instance, store, returns });
}

function withFuel(bytes: Uint8Array, fuel: boolean): Uint8Array {
  if (!fuel) return bytes;
  const original = readBinary(bytes);
  const exposed = readBinary(exposeInternals(original, readDeclarations(original), "start"));
  return insertFuel(exposed, readDeclarations(exposed));
}
