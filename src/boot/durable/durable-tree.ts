// Durable programs that are joined by pipes, each with a log of its own. After the loss of their cell they
// are brought up separately; when the last of them has used up its log, the pipes between them are made as
// the logs say that they were, and all go on.
//
// A pipe held what its writer wrote and its reader had not read. At most one write of its writer is in no
// log, because the cell was lost before its answer came. If the reader had some of it already, the writer
// will make it again, and those bytes are passed over. So each byte goes through once.
import type { Joined, PipeEndState, PipeHandle } from "../../recovery/index.ts";
import { capacityBytes, type PipesState } from "../../server/pipe/index.ts";

/** A pipe from one program to the next: the handle that each of them has of it. */
export interface TreePipe {
  readonly write: number;
  readonly read: number;
}

export interface DurableTreeOptions {
  /** The badges of the programs, in their order. */
  readonly badges: readonly number[];
  /** The pipes between them: one less. */
  readonly pipes: readonly TreePipe[];
  /** Gets the pipes as they were, before any of the programs goes on. */
  readonly onPipes: (state: PipesState) => void;
}

/** Bytes that one write can have had read before its answer came: no message is larger. */
const oneWriteMax = 1 << 20;

type PipeContent = PipesState["pipes"][number];

export class DurableTree {
  readonly #options: DurableTreeOptions;
  readonly #arrived = new Map<number, readonly PipeEndState[]>();
  readonly #whenComplete: (() => void)[] = [];
  #isComplete = false;
  #failure: string | undefined;

  constructor(options: DurableTreeOptions) {
    this.#options = options;
  }

  /** What the door of a program is given, by its place in the row. */
  member(index: number): { readonly joined: Joined; readonly pipes: readonly PipeHandle[] } {
    const { pipes } = this.#options;
    const [before, after] = [pipes[index - 1], pipes[index]];
    const handles: PipeHandle[] = [];
    if (before !== undefined) handles.push({ handle: before.read, isWriter: false });
    if (after !== undefined) handles.push({ handle: after.write, isWriter: true });
    return { joined: this.#joined(index), pipes: handles };
  }

  #joined(index: number): Joined {
    const isComplete = (): boolean => this.#isComplete;
    const failure = (): string | undefined => this.#failure;
    return {
      arrived: (ends) => this.#arrive(index, ends),
      get isComplete() {
        return isComplete();
      },
      get failure() {
        return failure();
      },
      whenComplete: (then) => {
        if (this.#isComplete) then();
        else this.#whenComplete.push(then);
      },
    };
  }

  #arrive(index: number, ends: readonly PipeEndState[]): void {
    if (this.#isComplete) return;
    this.#arrived.set(index, ends);
    if (this.#arrived.size < this.#options.badges.length) return;
    this.#makePipes();
    this.#isComplete = true;
    for (const then of this.#whenComplete.splice(0)) then();
  }

  #makePipes(): void {
    const { pipes, badges, onPipes } = this.#options;
    const contents = pipes.map((_, at) => this.#contentOf(at));
    const failed = contents.findIndex((content) => content === undefined);
    if (failed >= 0) {
      this.#failure =
        `the logs of programs ${failed + 1} and ${failed + 2} do not belong together: what one has read ` +
        "the other has not written. One of them was put back to an older state";
      return;
    }
    const ends = badges.flatMap((badge, index) =>
      this.#arrived.get(index)!.flatMap(({ isWriter, handles }) => {
        const pipe = isWriter ? index : index - 1;
        return handles.map((handle) => ({ badge, handle, pipe, isWriter }));
      }),
    );
    // Of no content is undefined here.
    onPipes({ lastNumber: pipes.length, pipes: contents as PipeContent[], ends });
  }

  /** What is in the pipe after a program; undefined if its ends contradict each other. */
  #contentOf(at: number): PipeContent | undefined {
    const writer = this.#endOf(at, true);
    const reader = this.#endOf(at + 1, false);
    const left = writer.moved - reader.moved;
    if (left > writer.tail.length || -left > oneWriteMax) return undefined;
    const bytes = writer.tail.slice(writer.tail.length - Math.max(0, left));
    return { number: at + 1, capacity: capacityBytes, bytes, taken: Math.max(0, -left) };
  }

  #endOf(index: number, isWriter: boolean): PipeEndState {
    return this.#arrived.get(index)!.find((end) => end.isWriter === isWriter)!;
  }
}
