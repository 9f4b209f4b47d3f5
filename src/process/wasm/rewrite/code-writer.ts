// The bodies of a capturable module, one after the other, each typed and written in one go.
import { ByteReader, ByteWriter, InvalidModuleError } from "../binary/index.ts";
import { captureBody } from "./body-capture.ts";
import { writeCapturableBody, writeEditedBody } from "./body-writer.ts";
import type { FunctionScan } from "./code-scan.ts";
import type { FunctionFrame } from "./frame-table.ts";
import type { CaptureSource } from "./make-capturable.ts";
import type { OffsetMap } from "./offset-map.ts";
import { findReplacements } from "./replacement.ts";

export interface RewrittenCode {
  /** Every body with its size in front. */
  readonly bodies: Uint8Array;
  readonly frames: ReadonlyMap<number, FunctionFrame>;
  /** Of functions that were changed: where their instructions went. */
  readonly offsets: ReadonlyMap<number, OffsetMap>;
}

/** Larger than any body the engines accept. */
const bodyBytesMax = 7_654_321;

export function rewriteBodies(source: CaptureSource): RewrittenCode {
  const { scan, module, bytes } = source;
  const out = new ByteWriter(Math.ceil(bytes.length * 1.2) + 4096);
  const scratch = new ByteWriter(65536);
  const frames = new Map<number, FunctionFrame>();
  const offsets = new Map<number, OffsetMap>();
  scan.functions.forEach((body, position) => {
    const functionIndex = module.importedFunctionCount + position;
    scratch.clear();
    const moved = rewriteBody(source, body, functionIndex, scratch, frames);
    if (moved === undefined) {
      out.u32(body.end - body.start).range(bytes, body.start, body.end);
      return;
    }
    if (scratch.length > bodyBytesMax) {
      throw new InvalidModuleError("a function grows too large for capture", body.start);
    }
    offsets.set(functionIndex, moved);
    out.sized(scratch.view());
  });
  return { bodies: out.view(), frames, offsets };
}

/** Undefined when the body stays as it is. */
function rewriteBody(
  source: CaptureSource,
  body: FunctionScan,
  functionIndex: number,
  out: ByteWriter,
  frames: Map<number, FunctionFrame>,
): OffsetMap | undefined {
  const { bytes, additions, unwinds } = source;
  if (unwinds[functionIndex] === 1) {
    const capture = captureBody(source, body, functionIndex);
    if (capture.frame.calls.length > 0) {
      frames.set(functionIndex, capture.frame);
      return writeCapturableBody(bytes, capture, out, additions);
    }
  }
  if (!body.hasReplacements) return undefined;
  const replacements = findReplacements(new ByteReader(bytes, body.codeStart, body.end), additions);
  return writeEditedBody(bytes, body, replacements, out);
}
