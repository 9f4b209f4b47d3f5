// What a person is told about a program that did not end by itself: which, why, and where it was.
import { messageOf } from "../../base/index.ts";
import { FaultReason } from "../../abi/index.ts";
import { type FaultFrame, type ProgramEnd, readFaultStack } from "../../boot/index.ts";
import { say } from "../message.ts";

type Fault = NonNullable<ProgramEnd["fault"]>;

const faultNames: Readonly<Record<number, string>> = {
  [FaultReason.trap]: "trapped",
  [FaultReason.stackOverflow]: "used up its stack",
  [FaultReason.fuel]: "used up its fuel",
  [FaultReason.hostError]: "ended by an error",
  [FaultReason.killed]: "was killed",
};

/** One after the other, in the order of the programs. */
export async function tellFaults(
  ends: readonly ProgramEnd[],
  files: readonly string[],
): Promise<void> {
  for (const [index, { fault }] of ends.entries()) {
    if (fault !== undefined) await tellFault(files[index]!, fault);
  }
}

async function tellFault(file: string, { reason, error }: Fault): Promise<void> {
  const message = messageOf(error);
  say(`${file} ${faultNames[reason] ?? "faulted"}: ${message}`);
  const { frames, leftOut } = await readFaultStack(error);
  for (const line of shortened(frames.map(lineOf))) say(`    ${line}`);
  const noLines = leftOut.find((one) => one.startsWith(".debug_line"));
  if (noLines !== undefined) say(`    (its lines were not understood: ${noLines})`);
}

/** A server of ours broke: its client got an error that no file or stream explains. */
export function tellServiceFault(service: string, error: unknown): void {
  say(`the ${service} server failed, which is a mistake in Shoal: ${String(error)}`);
}

const framesMax = 24;

/** Name, function number, offset in the prepared file, and the line of source if that is known. */
function lineOf({ functionName, functionIndex, offset, source }: FaultFrame): string {
  const name = functionName === "" ? "function" : functionName;
  const place = offset === undefined ? "" : ` +0x${offset.toString(16)}`;
  const line = source === undefined ? "" : ` (${source.file}:${source.line})`;
  return `at ${name} [${functionIndex}]${place}${line}`;
}

function shortened(frames: readonly string[]): readonly string[] {
  const hidden = frames.length - framesMax;
  return hidden <= 0 ? frames : [...frames.slice(0, framesMax), `... and ${hidden} more`];
}
