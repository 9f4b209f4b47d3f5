// Ours: runs one program in this process on a core of its own and prints how long it took, with
// the same clock around the same stretch as the peers: from the program's first instruction to its
// exit. Not written until boot can be called from here.
import { BenchUnavailableError } from "../harness/bench.ts";
import { answerSpec } from "./run-spec.ts";

await answerSpec(async () => {
  throw new BenchUnavailableError("programs", "boot cannot run a module yet", "write on-shoal.ts");
});
