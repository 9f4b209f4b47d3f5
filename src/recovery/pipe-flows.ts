// What a process moved through the pipes that join it to others, as its log tells: how many bytes by which
// end, which handles it has open, and the last bytes that it wrote. In a new cell the pipe server knows
// nothing of it: a pipe holds what its writer's log says was written and its reader's log does not say was
// read.
import { InitialSlot, Register, Syscall } from "../abi/index.ts";
import { Ask } from "../userlib/index.ts";
import { joinBytes } from "../base/index.ts";

/** A handle of a pipe that a process has from its start. */
export interface PipeHandle {
  readonly handle: number;
  readonly isWriter: boolean;
}

/** One end of a pipe as its process has it. */
export interface PipeEndState {
  readonly isWriter: boolean;
  /** Bytes moved since the start of the process. */
  readonly moved: number;
  /** Handles that are open. */
  readonly handles: readonly number[];
  /** Of a writer: the last bytes that it wrote, as many as a reader can lack. */
  readonly tail: Uint8Array;
}

/**
 * Bytes that a reader can lack: as many as a pipe holds, and those of one read that was answered and came
 * into no log.
 */
const tailBytesMax = 2 * 65_536;

/** A process has at most one end of a kind: what it reads, and what it writes. */
interface End {
  moved: number;
  readonly handles: Set<number>;
  tail: Uint8Array[];
  tailBytes: number;
}

export class PipeFlows {
  /** By whether it is the writing end. */
  readonly #ends = new Map<boolean, End>();

  constructor(handles: readonly PipeHandle[] = []) {
    for (const { handle, isWriter } of handles) {
      const end = { moved: 0, handles: new Set([handle]), tail: [], tailBytes: 0 };
      this.#ends.set(isWriter, end);
    }
  }

  /** Whether a call may write to a pipe, so that its bytes will be asked for when it is over. */
  concerns(registers: Int32Array): boolean {
    return this.#ends.size > 0 && registers[Register.label] === Ask.write && isPipeCall(registers);
  }

  /** A call of the process is over and went well. `said`: the bytes that it sent. */
  over(asked: Int32Array, answered: Int32Array, said: () => Uint8Array): void {
    if (this.#ends.size === 0 || !isPipeCall(asked) || answered[Register.label] !== 0) return;
    const handle = asked[Register.w0]!;
    const end = this.#endOf(handle);
    if (end === undefined) return;
    switch (asked[Register.label]) {
      case Ask.read:
        end.moved += answered[Register.w0]!;
        break;
      case Ask.write:
        wrote(end, said().subarray(0, answered[Register.w0]!));
        break;
      case Ask.close:
        end.handles.delete(handle);
        break;
      case Ask.give:
        if (asked[Register.w1] === 0) end.handles.add(answered[Register.w0]!);
        break;
      default:
    }
  }

  exportState(): PipeEndState[] {
    return Array.from(this.#ends, ([isWriter, { moved, handles, tail }]) => ({
      isWriter,
      moved,
      handles: [...handles],
      tail: joinBytes(tail),
    }));
  }

  importState(ends: readonly PipeEndState[]): void {
    this.#ends.clear();
    for (const { isWriter, moved, handles, tail } of ends) {
      const end = { moved, handles: new Set(handles), tail: [tail], tailBytes: tail.length };
      this.#ends.set(isWriter, end);
    }
  }

  #endOf(handle: number): End | undefined {
    return [...this.#ends.values()].find(({ handles }) => handles.has(handle));
  }
}

function isPipeCall(registers: Int32Array): boolean {
  return registers[Register.call] === Syscall.call && registers[Register.a0] === InitialSlot.pipes;
}

/** Keeps the bytes, and lets go of those that no reader can lack any more. */
function wrote(end: End, bytes: Uint8Array): void {
  end.moved += bytes.length;
  end.tail.push(bytes);
  end.tailBytes += bytes.length;
  while (end.tailBytes - end.tail[0]!.length >= tailBytesMax) {
    end.tailBytes -= end.tail.shift()!.length;
  }
}
