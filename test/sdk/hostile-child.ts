// Runs the hostile program in a process of its own, whose flags say which of its compilers the engine
// uses: `hostile-child.ts portal|direct process|interrupt`. Prints what it saw as one line of JSON. A
// kernel that fails ends it with a stack trace.
import type { ExecutionModel } from "../../src/process/wasm/index.ts";
import { FaultReason } from "../../src/abi/index.ts";
import { type Member, type Outcome, runTogether } from "./together.ts";

export interface Sighting {
  /** How often the program came through its attack, and how often its stack ended before. */
  readonly answers: number;
  readonly overflows: number;
  /** Exit codes that are neither. */
  readonly oddCodes: readonly (number | undefined)[];
}

const echo: Member = {
  program: ["examples/c/echo-portal.c"],
  serves: [{ name: "echo", handler: 7 }],
};

const hostilePortal: Member = {
  program: ["test/sdk/hostile.c", "test/sdk/hostile-portal.c"],
  serves: [{ name: "hostile", handler: 1 }],
  calls: [{ name: "echo" }],
};

/** Without a portal its calls are linked without a probe in the process model. */
const hostileThread: Member = {
  program: ["test/sdk/hostile.c"],
  serves: [{ name: "hostile" }],
  calls: [{ name: "echo" }],
};

const client: Member = {
  program: ["test/sdk/hostile-client.c"],
  calls: [{ name: "hostile" }],
};

/** The client goes through the depths; what it saw is in the memory that it exports. */
async function fromPortal(model: ExecutionModel): Promise<Sighting> {
  const { codes, spawned } = await runTogether([echo, hostilePortal, client], {
    model,
    verifiesCalls: true,
  });
  const [answers, overflows] = ["answers", "traps"].map((name) => callExport(spawned[2], name));
  return { answers, overflows, oddCodes: codes.filter((code) => code !== 0) };
}

function callExport(
  { program }: Outcome["spawned"][number],
  name: string,
  ...args: number[]
): number {
  const found = program.instance.exports[name];
  if (typeof found !== "function") throw new RangeError(`the program has no export "${name}"`);
  return found(...args) as number; // both programs export functions of integers only
}

interface Attack {
  readonly narrow: number;
  readonly wide: number;
  readonly rounds: number;
}

/** The code that the program exits with after an attack from this depth of its own stack. */
async function attackFrom(
  model: ExecutionModel,
  { narrow, wide, rounds }: Attack,
): Promise<number> {
  const prepare: Member["prepare"] = (spawned) => {
    callExport(spawned, "configure", narrow, wide, rounds);
  };
  const { codes } = await runTogether([echo, { ...hostileThread, prepare }], { model });
  if (codes[1] === undefined) throw new RangeError(`no exit from depth ${narrow} + ${wide}`);
  return codes[1];
}

async function limit(model: ExecutionModel): Promise<number> {
  let low = 0;
  let high = 1 << 20;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((await attackFrom(model, { narrow: middle, wide: 0, rounds: 0 })) === 0) low = middle;
    else high = middle;
  }
  return low;
}

/** The part of its stack, from its end, that is gone through: in the interrupt model the kernel is there. */
const windows = { process: 100, interrupt: 10 } as const;
/** A stack that is deep takes as long to take out as to build, so there are fewer of them. */
const stepsPerSweep = { process: 120, interrupt: 60 } as const;
/** The end moves each time that the engine changes its compiler, which is not often. */
const sweepsMax = 6;

async function directly(model: ExecutionModel): Promise<Sighting> {
  const seen = { answers: 0, overflows: 0, oddCodes: [] as number[] };
  for (let wide = 0; wide < 3; wide++) {
    let isEnded = false;
    for (let left = sweepsMax; left > 0 && !isEnded; left--)
      isEnded = await sweep(seen, model, wide);
  }
  return seen;
}

/**
 * Sweeps over the end of the stack, from where the program still comes through. Answers whether its stack
 * had ended by then: otherwise the end has moved meanwhile.
 */
async function sweep(seen: Counts, model: ExecutionModel, wide: number): Promise<boolean> {
  const end = await limit(model);
  const window = Math.ceil(end / windows[model]);
  let narrow = end - window;
  while (narrow > window && !(await sight(seen, model, narrow, wide))) narrow -= window;
  const step = Math.ceil((end - narrow) / stepsPerSweep[model]);
  let isThrough = true;
  for (; narrow < end + step; narrow += step) isThrough = await sight(seen, model, narrow, wide);
  return !isThrough;
}

interface Counts {
  answers: number;
  overflows: number;
  readonly oddCodes: number[];
}

/** Counts what an attack ends in; answers whether the program came through. */
async function sight(
  seen: Counts,
  model: ExecutionModel,
  narrow: number,
  wide: number,
): Promise<boolean> {
  const code = await attackFrom(model, { narrow, wide, rounds: 2 });
  if (code === 0) seen.answers++;
  else if (code === 128 + FaultReason.stackOverflow) seen.overflows++;
  else seen.oddCodes.push(code);
  return code === 0;
}

const [scenario, given] = process.argv.slice(2);
const model = given === "interrupt" ? "interrupt" : "process";
const seen = await (scenario === "portal" ? fromPortal(model) : directly(model));
process.stdout.write(JSON.stringify(seen));
