// Whether a process is still there, asked without its help and without an event loop of one's own: a core that polls
// has no turn to hear of sockets.
import { readFileSync } from "node:fs";

/** A process can be asked about so often and no more: each time costs some microseconds. */
const askMs = 20;

export class PeerProcess {
  readonly pid: number;
  readonly #startedAt: string | undefined;
  #askedMs = 0;
  #isThere = true;

  /** @param pid Of a process that is running now. */
  constructor(pid: number) {
    this.pid = pid;
    this.#startedAt = startOf(pid);
    this.#isThere = this.#ask();
  }

  /** Whether it was there when it was last asked, at most 20 ms ago. */
  isThere(): boolean {
    const nowMs = performance.now();
    if (!this.#isThere || nowMs - this.#askedMs < askMs) return this.#isThere;
    this.#askedMs = nowMs;
    this.#isThere = this.#ask();
    return this.#isThere;
  }

  #ask(): boolean {
    if (this.#startedAt !== undefined) return startOf(this.pid) === this.#startedAt;
    try {
      return process.kill(this.pid, 0);
    } catch (error) {
      // It may belong to somebody else; then it is there.
      return (error as NodeJS.ErrnoException).code === "EPERM";
    }
  }
}

/**
 * When a process was started, in the system's own count: another process of the same number has another one. Undefined
 * where the system does not say, and for a process that has ended and was not yet asked how.
 */
function startOf(pid: number): string | undefined {
  try {
    // The name of the program may have anything in it, so fields are counted from behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)!.split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
