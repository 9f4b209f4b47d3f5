// Pipes in an image: the bytes that are in them, and who has which end open under which handle.
import { ClientStateError, type StateData } from "../../userlib/index.ts";

/** One pipe as data. */
export interface PipeState {
  readonly number: number;
  readonly capacity: number;
  readonly bytes: Uint8Array;
  /** Bytes of the next write that were read before it was known to be made; 0 unless given. */
  readonly taken?: number;
}

/** One handle of one end of a pipe, which is named by its place among the pipes. */
export interface EndState {
  readonly badge: number;
  readonly handle: number;
  readonly pipe: number;
  readonly isWriter: boolean;
}

export interface PipesState {
  /** Pipes are numbered on from here. */
  readonly lastNumber: number;
  readonly pipes: readonly PipeState[];
  readonly ends: readonly EndState[];
}

export function pipesData({ lastNumber, pipes, ends }: PipesState): StateData {
  return {
    lastNumber,
    pipes: pipes.map(({ number, capacity, bytes }) => ({ number, capacity, bytes })),
    ends: ends.map(({ badge, handle, pipe, isWriter }) => ({ badge, handle, pipe, isWriter })),
  };
}

/** What `pipesData` made, after a look at what a pipe could not live with. */
export function readPipes(data: StateData, capacityMax: number): PipesState {
  // It comes out of an image whose digest was right: only what would break an invariant is looked at.
  const state = data as unknown as PipesState;
  const fits = state.pipes.every(
    ({ capacity, bytes }) => capacity <= capacityMax && bytes.length <= capacity,
  );
  const isNamed = state.ends.every(({ pipe }) => state.pipes[pipe] !== undefined);
  if (!fits || !isNamed) throw new ClientStateError("The image describes pipes that cannot be.");
  return state;
}
