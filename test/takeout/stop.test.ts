// Threads of real rewritten programs are stopped by kernel calls, in every call that they can wait in
// and between calls; their stacks leave the engine, and go on in place or in a fresh instance in another
// space. Whatever is done to them, they come to what they come to undisturbed.
import { describe, expect, it } from "vitest";
import { StackState } from "../../src/abi/index.ts";
import type { PreparedModule } from "../../src/process/wasm/index.ts";
import { type Blocking, blockingCalls } from "./blocking-calls.ts";
import { field, type Operator } from "./operator.ts";
import { caller, prepareAt } from "./programs.ts";
import { type Ended, Stage } from "./stage.ts";

type Act = (stage: Stage, operator: Operator) => Promise<void>;

/** What is done to a program while it waits. */
const acts: readonly (readonly [string, Act])[] = [
  [
    "stopped and resumed in place",
    async (stage, operator) => {
      expect(field(await stage.stop(operator), "stack")).toBe(StackState.out);
      await operator.must("threadResume", { a0: stage.slot });
    },
  ],
  [
    "stopped twice in a row, and resumed",
    async (stage, operator) => {
      await stage.stop(operator);
      await operator.must("threadResume", { a0: stage.slot });
      // It waits again already, or is about to: it has run, since it is of higher priority.
      expect(field(await stage.stop(operator), "stack")).toBe(StackState.out);
      // Once more while it is stopped: nothing is left to do, and that is told at once.
      expect(field(await stage.stop(operator), "stack")).toBe(StackState.out);
      await operator.must("threadResume", { a0: stage.slot });
    },
  ],
  [
    "moved into a fresh instance in another space",
    async (stage, operator) => {
      await stage.move(operator, await stage.stop(operator));
      await operator.must("threadResume", { a0: stage.slot });
    },
  ],
  [
    "moved into the interrupt model and back",
    async (stage, operator) => {
      await stage.move(operator, await stage.stop(operator), "interrupt");
      await operator.must("threadResume", { a0: stage.slot });
      await stage.move(operator, await stage.stop(operator), "process");
      await operator.must("threadResume", { a0: stage.slot });
    },
  ],
  [
    "moved twice without having run, and once more after that",
    async (stage, operator) => {
      await stage.move(operator, await stage.stop(operator));
      await stage.move(operator, await stage.stop(operator));
      await operator.must("threadResume", { a0: stage.slot });
      await stage.move(operator, await stage.stop(operator));
      await operator.must("threadResume", { a0: stage.slot });
    },
  ],
];

async function run(prepared: PreparedModule, blocking: Blocking, act?: Act): Promise<Ended> {
  const stage = new Stage(prepared);
  const { calls, before, meet, wake } = blocking.stage(stage);
  stage.tell(calls);
  return stage.play(async (operator) => {
    await before?.(operator);
    await operator.must("threadResume", { a0: stage.slot });
    await meet?.(operator);
    await act?.(stage, operator);
    await wake(operator);
  });
}

describe.each(["checkpoint", "preempt"] as const)("at level %s, a thread in", (level) => {
  const prepared = prepareAt(level, caller);
  describe.each(blockingCalls.map((one) => [one.name, one] as const))("%s", (_, blocking) => {
    const undisturbed = prepared.then((module) => run(module, blocking));

    it.each(acts)("comes to the same when it is %s", async (_name, act) => {
      const ended = await run(await prepared, blocking, act);
      expect(ended).toEqual(await undisturbed);
      expect(ended.fault).toBeUndefined();
    });
  });
});
