// How much the recovery benchmark does: enough to be quoted, or a little of everything for a test.
export interface Sizes {
  /** Requests of each client in the grid. */
  readonly gridRounds: number;
  readonly isGridSmall: boolean;
  readonly clientCounts: readonly number[];
  /** Of each kind of run with kills at random moments. */
  readonly randomKills: number;
  readonly failovers: number;
  readonly memoriesMiB: readonly number[];
  readonly imageRounds: number;
  readonly laterImages: number;
  readonly copies: number;
  readonly forkRounds: number;
  readonly logLengths: readonly number[];
  readonly replayRounds: number;
  readonly rpcCalls: number;
  readonly rpcRounds: number;
}

export const fullSizes: Sizes = {
  gridRounds: 3,
  isGridSmall: false,
  clientCounts: [1, 2, 8],
  randomKills: 16,
  failovers: 20,
  memoriesMiB: [1, 16, 64],
  imageRounds: 3,
  laterImages: 5,
  copies: 10,
  forkRounds: 3,
  logLengths: [1000, 10_000, 100_000],
  replayRounds: 5,
  rpcCalls: 200_000,
  rpcRounds: 15,
};

export const quickSizes: Sizes = {
  gridRounds: 2,
  isGridSmall: true,
  clientCounts: [1],
  randomKills: 2,
  failovers: 2,
  memoriesMiB: [1, 64],
  imageRounds: 1,
  laterImages: 1,
  copies: 2,
  forkRounds: 1,
  logLengths: [1000, 10_000],
  replayRounds: 2,
  rpcCalls: 5000,
  rpcRounds: 3,
};
