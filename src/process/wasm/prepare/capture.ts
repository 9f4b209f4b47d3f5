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
  decodeFrameTable,
  encodeFrameTable,
  makeCapturable,
} from "../rewrite/index.ts";
import { insertFuel } from "./fuel.ts";

/** Custom section with the frame table. */
export const frameSection = "shoal.frames";

/** Functions of the kernel's own that only look at registers: nothing ever waits in them. */
const neverWaiting: ReadonlySet<string> = new Set(["label", "badge", "word", "set_word"]);

const captureOptions: CaptureOptions = {
  unwinds: (module, name) => module !== reservedModule || !neverWaiting.has(name),
};

/** The module with fuel, if it is to have it, and with its stack capturable. */
export function rewriteForCapture(bytes: Uint8Array, fuel: boolean): Uint8Array<ArrayBuffer> {
  const { bytes: rewritten, frames } = makeCapturable(withFuel(bytes, fuel), captureOptions);
  const section = new ByteWriter(4096).name(frameSection).raw(encodeFrameTable(frames));
  const out = new ByteWriter(rewritten.length + section.length + 16).raw(rewritten);
  return out.u8(SectionId.custom).sized(section.view()).finish();
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
  return new CapturableProgram(captureSource(withFuel(original, fuel), captureOptions), frames);
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
