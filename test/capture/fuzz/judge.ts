// What reader and rewriter may do with bytes of any kind: make a module of them, or refuse them with a
// reason and an offset, and nothing else. The engine is the judge of which it should have been.
import { InvalidModuleError, readBinary } from "../../../src/process/wasm/binary/index.ts";
import { rewriteForCapture } from "../../../src/process/wasm/prepare/capture.ts";
import { readLineTable } from "../../../src/process/wasm/rewrite/index.ts";

export type Verdict =
  /** Both take it, and the engine takes what was made of it. */
  | "accepted"
  /** Both refuse it, our own readers first. */
  | "refused"
  /** Our readers do not look at all that an engine does; preparation asks it as well. */
  | "refused by the engine alone"
  /** We refuse what cannot be saved, or is the system's own; see `justified`. */
  | "beyond us";

/** Reasons to refuse a module that an engine accepts. */
export const justified: readonly RegExp[] = [
  /cannot be saved/,
  /lives across a call/,
  /never null/,
  /cannot be captured yet/,
  /more than 50000 locals/,
];

/** Longer than any module of the corpus takes, by far; of processor time, whoever else wants it. */
const hangMs = 5000;

export class FuzzFailure extends Error {
  override readonly name = "FuzzFailure";
}

/** @throws FuzzFailure when reader or rewriter did something that they must not */
export function judge(bytes: Uint8Array<ArrayBuffer>, fuel: boolean): Verdict {
  const isValid = WebAssembly.validate(bytes);
  const start = process.threadCpuUsage();
  const answer = rewriteOrRefuse(bytes, fuel);
  const elapsedMs = process.threadCpuUsage(start).user / 1000;
  if (elapsedMs > hangMs) throw new FuzzFailure(`it took ${elapsedMs.toFixed(0)} ms`);
  if (answer instanceof InvalidModuleError) return judgeRefusal(answer, bytes, isValid);
  if (!isValid) return "refused by the engine alone";
  if (WebAssembly.validate(answer)) {
    readLines(bytes);
    readLines(answer);
    return "accepted";
  }
  throw new FuzzFailure(`a valid module became an invalid one: ${complaint(answer)}`);
}

function rewriteOrRefuse(
  bytes: Uint8Array<ArrayBuffer>,
  fuel: boolean,
): Uint8Array<ArrayBuffer> | InvalidModuleError {
  try {
    return rewriteForCapture(bytes, fuel);
  } catch (error) {
    if (error instanceof InvalidModuleError) return error;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new FuzzFailure(`something else than a refusal was thrown: ${detail}`, { cause: error });
  }
}

/** Whoever is told where a program broke has its lines read, right or not: that must not break as well. */
function readLines(bytes: Uint8Array): void {
  try {
    const table = readLineTable(readBinary(bytes));
    for (const { file } of table?.rows() ?? []) void file.length;
    for (let offset = 0; offset < bytes.length; offset += 97) table?.find(offset);
  } catch (error) {
    throw new FuzzFailure(`its lines cannot be read: ${String(error)}`, { cause: error });
  }
}

function judgeRefusal(
  { offset, reason }: InvalidModuleError,
  bytes: Uint8Array,
  isValid: boolean,
): Verdict {
  if (reason === "" || !Number.isSafeInteger(offset) || offset < 0) {
    throw new FuzzFailure(`a refusal has offset ${offset} and reason "${reason}"`);
  }
  if (!isValid) return "refused";
  if (justified.some((pattern) => pattern.test(reason))) return "beyond us";
  throw new FuzzFailure(
    `a valid module of ${bytes.length} bytes was refused: ${reason} at ${offset}`,
  );
}

function complaint(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    void new WebAssembly.Module(bytes);
    return "the engine has nothing against it any more";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
