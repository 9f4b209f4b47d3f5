// What a process and those it has started use of the computer, as Linux tells it. Elsewhere nothing is known.
import { readFileSync } from "node:fs";

export interface ProcessUsage {
  /** Time on processors since its start. */
  readonly cpuSeconds: number;
  /** Memory that is resident, shared parts counted for each. */
  readonly memoryBytes: number;
}

/** The kernel tells times to others in hundredths of a second, whatever its own clock. */
const ticksPerSecond = 100;

/** Undefined if there is no such process, or no way to ask. */
export function usageOf(pid: number): ProcessUsage | undefined {
  try {
    const own = ownUsage(pid);
    const children = childrenOf(pid).flatMap((child) => usageOf(child) ?? []);
    return children.reduce(
      (sum, { cpuSeconds, memoryBytes }) => ({
        cpuSeconds: sum.cpuSeconds + cpuSeconds,
        memoryBytes: sum.memoryBytes + memoryBytes,
      }),
      own,
    );
  } catch {
    return undefined;
  }
}

function ownUsage(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may have anything in it; after it fields are counted from 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [userTicks, systemTicks] = [Number(fields[14 - 3]), Number(fields[15 - 3])];
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return {
    cpuSeconds: (userTicks + systemTicks) / ticksPerSecond,
    memoryBytes: Number(resident?.[1] ?? 0) * 1024,
  };
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}
