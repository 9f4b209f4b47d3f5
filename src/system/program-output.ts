// What a program writes and what is said of it, kept. What cannot be written is not worth the end of all
// programs: it is told once, until it can be written again.
import { messageOf } from "../base/index.ts";
import { OutputLog } from "./output-log.ts";

const errorTextMax = 2000;

export class ProgramOutput {
  readonly #log: OutputLog;
  readonly #onTrouble: (message: string) => void;
  #isMute = false;
  #errorText = "";

  constructor(directory: string, onTrouble: (message: string) => void) {
    this.#log = new OutputLog({ directory });
    this.#onTrouble = onTrouble;
  }

  /** What it wrote last to standard error in its last life. */
  get lastErrors(): string {
    return this.#errorText.trimEnd();
  }

  beginLife(): void {
    this.#errorText = "";
  }

  write(stream: "out" | "err", chunk: Uint8Array): void {
    this.try(() => this.#log.write(stream, chunk));
    if (stream !== "err") return;
    this.#errorText = (this.#errorText + Buffer.from(chunk).toString()).slice(-errorTextMax);
  }

  /** `end`: it is not started again. */
  say(line: string, stream: "sys" | "end" = "sys"): void {
    this.try(() => this.#log.say(line, stream));
  }

  /** Does something that may fail as writing may. */
  try(write: () => void): void {
    try {
      write();
      this.#isMute = false;
    } catch (error) {
      if (!this.#isMute) this.#onTrouble(messageOf(error));
      this.#isMute = true;
    }
  }

  close(): void {
    this.#log.close();
  }
}
