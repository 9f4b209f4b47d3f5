// Where a thread can be when it is stopped, other than in a call that waits; what its stack can come to;
// and that stacks on their way out do not get in each other's way.
import { describe, expect, it } from "vitest";
import {
  FaultReason,
  Kind,
  Register,
  StackState,
  Status,
  Syscall,
  ThreadState,
} from "../../src/abi/index.ts";
import { createObject, createRootSpace, grant } from "../../src/kernel/index.ts";
import { CaptureError } from "../../src/process/index.ts";
import { field, type Operator } from "./operator.ts";
import { caller, computer, type Level, looper, prepareAt, starter, trapper } from "./programs.ts";
import { type Ended, type ProgramCall, Stage } from "./stage.ts";

const { leaving, out, held } = StackState;

interface Waiter {
  readonly stage: Stage;
  /** Lets the program go on in its wait. */
  readonly wake: (operator: Operator) => Promise<unknown>;
}

/** A program that waits for a notification whenever it makes its call. */
async function waiter(
  text: string,
  level: Level = "checkpoint",
  calls: (wait: ProgramCall) => readonly ProgramCall[] = (wait) => [wait],
): Promise<Waiter> {
  const stage = new Stage(await prepareAt(level, text));
  const { slot, row } = stage.give(Kind.notification);
  const wait = { call: Syscall.notificationWait, a0: slot, a1: -1 };
  stage.tell(calls(wait));
  let name = 0;
  const wake = (operator: Operator): Promise<unknown> => {
    name ||= operator.hold(Kind.notification, row);
    return operator.must("notificationSignal", { a0: name, a1: 1 });
  };
  return { stage, wake };
}

async function undisturbed(text: string, level: Level = "checkpoint"): Promise<Ended> {
  const { stage, wake } = await waiter(text, level);
  return stage.play(async (operator) => {
    await operator.must("threadResume", { a0: stage.slot });
    await wake(operator);
  });
}

describe("a thread is stopped", () => {
  it("before it has begun, and is moved so", async () => {
    const { stage, wake } = await waiter(caller);
    const ended = await stage.play(async (operator) => {
      const { words } = await operator.must("threadStop", { a0: stage.slot });
      expect(words[0]).toBe(out);
      await stage.move(operator, await stage.stop(operator));
      await operator.must("threadResume", { a0: stage.slot });
      await wake(operator);
    });
    expect(ended).toEqual(await undisturbed(caller));
  });

  it("when its call is over and it has not run yet: the answer is delivered, not asked for", async () => {
    const { stage, wake } = await waiter(caller);
    const ended = await stage.play(async (operator) => {
      await operator.must("threadResume", { a0: stage.slot });
      await operator.must("threadSchedule", { a0: stage.slot, a1: 2 });
      await wake(operator);
      const state = await stage.stop(operator);
      expect(field(state, "registers")).toBe(0);
      await stage.move(operator, state);
      await operator.must("threadResume", { a0: stage.slot });
    });
    expect(ended).toEqual(await undisturbed(caller));
  });

  it("while it computes, again and again, in place and elsewhere", async () => {
    const prepared = await prepareAt("preempt", computer);
    const run = async (stops: number): Promise<Ended> => {
      const stage = new Stage(prepared);
      return stage.play(async (operator) => {
        await operator.must("threadSchedule", { a0: stage.slot, a1: 8, a2: 50 });
        await operator.must("threadResume", { a0: stage.slot });
        for (let n = 0; n < stops; n++) {
          await operator.must("threadYield");
          const state = await stage.stop(operator);
          expect(field(state, "stack")).toBe(out);
          if (n % 2 === 1) await stage.move(operator, state);
          await operator.must("threadResume", { a0: stage.slot });
        }
      });
    };
    const ended = await run(0);
    expect(ended.fault).toBeUndefined();
    expect(await run(9)).toEqual(ended);
  });

  it.each(["checkpoint", "preempt"] as const)(
    "in a frame that was put back before, at every one of its calls, at level %s",
    async (level) => {
      const four = (wait: ProgramCall): ProgramCall[] => [wait, wait, wait, wait];
      const run = async (isMoved: boolean): Promise<Ended> => {
        const { stage, wake } = await waiter(looper, level, four);
        return stage.play(async (operator) => {
          await operator.must("threadResume", { a0: stage.slot });
          for (let call = 0; call < 4; call++) {
            const state = await stage.stop(operator);
            expect(stage.capture().threads[0].frames?.frames).toHaveLength(12);
            if (isMoved) await stage.move(operator, state);
            await operator.must("threadResume", { a0: stage.slot });
            await wake(operator);
          }
        });
      };
      const ended = await run(true);
      // Each call answers ok and the bit 1; 9 to 1 from the frames around.
      expect(ended.code).toBe(((1 * 3 + 1) * 3 + 1) * 3 + 1 + 45);
      expect(ended).toEqual(await run(false));
    },
  );

  it("in its start function, which is not run again, nor are initial data written again", async () => {
    const { stage, wake } = await waiter(starter, "checkpoint", (wait) => [wait, wait]);
    const ended = await stage.play(async (operator) => {
      await operator.must("threadResume", { a0: stage.slot });
      await stage.move(operator, await stage.stop(operator));
      await operator.must("threadResume", { a0: stage.slot });
      await wake(operator);
      // Now it waits in its entry, for a signal that it has not got.
      await stage.move(operator, await stage.stop(operator));
      await operator.must("threadResume", { a0: stage.slot });
      await wake(operator);
    });
    expect(ended.fault).toBeUndefined();
    expect(ended.code).toBe(2000 + 90 + "p".codePointAt(0)!);
  });

  it("by itself", async () => {
    const stage = new Stage(await prepareAt("checkpoint", caller));
    stage.tell([{ call: Syscall.threadStop, a0: 2 }]);
    const ended = await stage.play(async (operator) => {
      await operator.must("threadResume", { a0: stage.slot });
      const state = await stage.stop(operator);
      expect(field(state, "stack")).toBe(out);
      await stage.move(operator, state);
      await operator.must("threadResume", { a0: stage.slot });
    });
    expect(ended.fault).toBeUndefined();
    expect(ended.registers[0][6]).toBe(leaving);
  });

  it("and traps where it would have, in the frame that was put back", async () => {
    const { stage, wake } = await waiter(trapper);
    const ended = await stage.play(async (operator) => {
      await operator.must("threadResume", { a0: stage.slot });
      await stage.move(operator, await stage.stop(operator));
      await operator.must("threadResume", { a0: stage.slot });
      await wake(operator);
    });
    expect(ended.fault?.reason).toBe(FaultReason.trap);
  });

  it("and its answer, given meanwhile, is there when it goes on", async () => {
    const stage = new Stage(await prepareAt("checkpoint", caller));
    const { slot, row } = stage.give(Kind.endpoint);
    stage.tell([{ call: Syscall.call, a0: slot, label: 3, w0: 4 }]);
    const ended = await stage.play(async (operator) => {
      await operator.must("threadResume", { a0: stage.slot });
      await operator.must("receive", { a0: operator.hold(Kind.endpoint, row) });
      await operator.must("threadStop", { a0: stage.slot });
      await operator.must("reply", { label: 77, words: [78] });
      await operator.must("threadResume", { a0: stage.slot });
    });
    expect(ended.registers[0]).toMatchObject({ 0: 0, 5: 77, 6: 78 });
  });
});

describe("a thread is stopped by the portal that it calls", () => {
  it("and finds the answer when it goes on, elsewhere too", async () => {
    const stage = new Stage(await prepareAt("checkpoint", caller));
    const { core } = stage.system;
    const space = createRootSpace(core.kernel);
    const endpoint = createObject(core.kernel, Kind.endpoint, space, [1]);
    grant(core.kernel, space, 70, { kind: Kind.thread, row: stage.thread });
    const { slot } = stage.name(Kind.endpoint, endpoint);
    core.setPortal(endpoint, () => {
      core.registers.fill(0);
      core.registers.set([Syscall.threadStop, 70]);
      core.enter();
      expect(core.registers[Register.status]).toBe(Status.ok);
      core.registers.fill(0);
      core.registers[Register.label] = 55;
    });
    stage.tell([{ call: Syscall.call, a0: slot, label: 3 }]);
    const ended = await stage.play(async (operator) => {
      await operator.must("threadResume", { a0: stage.slot });
      const state = await stage.stop(operator);
      expect(field(state, "stack")).toBe(out);
      await stage.move(operator, state);
      await operator.must("threadResume", { a0: stage.slot });
    });
    expect(ended.registers[0][Register.label]).toBe(55);
    expect(ended.registers[0][Register.status]).toBe(Status.ok);
  });
});

describe("the stack of a stopped thread", () => {
  it("stays with the engine if the program is not prepared for it, and goes on all the same", async () => {
    const { stage, wake } = await waiter(caller, "none");
    const ended = await stage.play(async (operator) => {
      await operator.must("threadResume", { a0: stage.slot });
      const state = await stage.stop(operator);
      expect(field(state, "stack")).toBe(held);
      expect(() => stage.capture()).toThrow(CaptureError);
      await operator.must("threadResume", { a0: stage.slot });
      await wake(operator);
    });
    expect(ended).toEqual(await undisturbed(caller, "none"));
  });

  it("is not read before it is out", async () => {
    const { stage, wake } = await waiter(caller);
    await stage.play(async (operator) => {
      await operator.must("threadResume", { a0: stage.slot });
      expect(() => stage.capture()).toThrow(/stop the thread/);
      await operator.must("threadStop", { a0: stage.slot });
      expect(field(await operator.stateOf(stage.slot), "stack")).toBe(leaving);
      expect(() => stage.capture()).toThrow(/stop the thread/);
      await operator.must("threadResume", { a0: stage.slot });
      await wake(operator);
    });
  });

  it("goes on as soon as it is out if its thread was resumed before", async () => {
    const { stage, wake } = await waiter(caller);
    const ended = await stage.play(async (operator) => {
      await operator.must("threadResume", { a0: stage.slot });
      for (let n = 0; n < 5; n++) {
        await operator.must("threadStop", { a0: stage.slot });
        // Of higher priority: it gets the processor with its stack still in the engine.
        await operator.must("threadResume", { a0: stage.slot });
      }
      await wake(operator);
    });
    expect(ended).toEqual(await undisturbed(caller));
  });

  it("is nobody's when the thread ends on its way out", async () => {
    const { stage } = await waiter(caller);
    const ended = await stage.play(async (operator) => {
      await operator.must("threadResume", { a0: stage.slot });
      await operator.must("threadStop", { a0: stage.slot });
      await operator.must("objectDestroy", { a0: stage.spaceSlot });
      const gone = await operator.make("objectGetState", { a0: stage.slot, a1: 0, a2: 64 });
      expect(gone.status).toBe(Status.badCapability);
    });
    expect(ended.fault).toBeUndefined();
  });

  it("is told once to whoever asked last, and the state tells everybody", async () => {
    const { stage, wake } = await waiter(caller);
    await stage.play(async (operator) => {
      const told = stage.give(Kind.notification);
      const a1 = operator.hold(Kind.notification, told.row);
      await operator.must("threadResume", { a0: stage.slot });
      await operator.must("threadStop", { a0: stage.slot, a1, a2: 1 });
      await operator.must("threadStop", { a0: stage.slot, a1, a2: 4 });
      const { words } = await operator.must("notificationWait", { a0: a1, a1: -1 });
      expect(words[0]).toBe(4);
      const state = await operator.stateOf(stage.slot);
      expect(field(state, "state")).toBe(ThreadState.stopped);
      expect(field(state, "stack")).toBe(out);
      await operator.must("threadResume", { a0: stage.slot });
      await wake(operator);
    });
  });
});
