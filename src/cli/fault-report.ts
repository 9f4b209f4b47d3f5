// What a person is told about a program that did not end by itself: which, why, and where it was.
import { FaultReason } from "../abi/index.ts";
import type { ProgramEnd } from "../boot/index.ts";
import { say } from "./message.ts";

const faultNames: Readonly<Record<number, string>> = {
  [FaultReason.trap]: "trapped",
  [FaultReason.stackOverflow]: "used up its stack",
  [FaultReason.fuel]: "used up its fuel",
  [FaultReason.hostError]: "ended by an error",
  [FaultReason.killed]: "was killed",
};

export function tellFault(file: string, { reason, error }: NonNullable<ProgramEnd["fault"]>): void {
  const message = error instanceof Error ? error.message : String(error);
  say(`${file} ${faultNames[reason] ?? "faulted"}: ${message}`);
  for (const line of wasmFrames(error)) say(`    ${line}`);
}

/** A server of ours broke: its client got an error that no file or stream explains. */
export function tellServiceFault(service: string, error: unknown): void {
  say(`the ${service} server failed, which is a mistake in Shoal: ${String(error)}`);
}

const framesMax = 24;

/** The program's own frames of a stack, innermost first: name, function number and offset in the file. */
function wasmFrames(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").flatMap((line) => {
    const match = /^\s*at (?:(.*) \()?wasm:\/\/[^:]*:wasm-function\[(\d+)\]:(0x[0-9a-f]+)/.exec(
      line,
    );
    if (match === null) return [];
    const name = match[1]?.replace(/^[^.]*\.wasm\./, "").replace(/^wasm\./, "") ?? "";
    return [`at ${name === "" ? "function" : name} [${match[2]}] +${match[3]}`];
  });
  const hidden = frames.length - framesMax;
  return hidden <= 0 ? frames : [...frames.slice(0, framesMax), `... and ${hidden} more`];
}
