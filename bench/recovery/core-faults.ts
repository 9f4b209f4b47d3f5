// Cores of servers, lost in their worker threads at every record, under so many clients and in both execution
// models.
import {
  compileCoreGrid,
  type CoreGrid,
  noticedIn,
  runCoreGrid,
} from "../../test/worker/core-grid.ts";
import { count, type FaultCount } from "./faults.ts";

export async function coresLostAtRecords(
  into: FaultCount,
  clientCounts: readonly number[],
  rounds: number,
): Promise<void> {
  const programs = await compileCoreGrid();
  for (const clients of clientCounts) {
    for (const model of ["process", "interrupt"] as const) {
      const grid: CoreGrid = { clients, rounds, model, level: "memory", deaths: ["hold"] };
      const outcome = await runCoreGrid(grid, programs);
      const noticed = noticedIn(grid, outcome);
      const named = noticed.map(
        (what) => `${clients} clients of cores in the ${model} model: ${what}`,
      );
      count(into, outcome.losses, named);
    }
  }
}
