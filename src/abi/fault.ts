// Why user code of a thread ended without saying so, and the names of memories at the process port.

export const FaultReason = {
  trap: 1,
  stackOverflow: 2,
  fuel: 3,
  hostError: 4,
  killed: 5,
} as const;

const regionBit = 0x100_0000;

/** The memory handle of a region; that of a space is its row. */
export function regionHandle(row: number): number {
  return regionBit | row;
}

export function isRegionHandle(handle: number): boolean {
  return (handle & regionBit) !== 0;
}
