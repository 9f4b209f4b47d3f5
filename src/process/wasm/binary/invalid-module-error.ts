// What a caller gets when a program cannot be loaded: where the bytes stop making sense, why, and
// what to do about it. Every refusal of the preparer is one of these; anything else that leaves it
// is a defect of ours.

const defaultAdvice =
  "Check that the file was downloaded or built completely and is a core WebAssembly module.";

/** A module that cannot be run, with the byte offset of the first thing wrong with it. */
export class InvalidModuleError extends Error {
  override readonly name = "InvalidModuleError";
  readonly offset: number;
  readonly reason: string;
  readonly advice: string;

  constructor(reason: string, offset: number, advice = defaultAdvice) {
    super(`This WebAssembly module cannot be run: ${reason} (at byte ${offset}). ${advice}`);
    this.offset = offset;
    this.reason = reason;
    this.advice = advice;
  }
}
