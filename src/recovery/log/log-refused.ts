// Why a log was not opened. Nothing was changed: what is there stays as it is, to be looked at.

export type LogRefusal =
  /** Something that was stable does not read back as it was written. */
  | "damaged"
  /** A later version of the system wrote it. */
  | "future"
  /** A segment between others, or before them, is gone. */
  | "missing"
  /** A later owner has it, or had it. */
  | "superseded"
  | "full"
  | "failed";

export class LogRefusedError extends Error {
  override readonly name = "LogRefusedError";
  readonly reason: LogRefusal;

  constructor(log: string, reason: LogRefusal, detail: string) {
    super(`the log ${log} was not opened: ${detail}`);
    this.reason = reason;
  }
}
