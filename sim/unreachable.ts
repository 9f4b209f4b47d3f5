// Cells of the coverage table that cannot occur, or cannot in the simulator, each with its reason. A
// rule says which calls an outcome belongs to; for all others it is unreachable.
import type { SyscallName } from "../src/abi/index.ts";
export function unreachable(
  _call: SyscallName,
  _stage: SyscallName,
  _outcome: string,
): string | undefined {
  return undefined;
}
