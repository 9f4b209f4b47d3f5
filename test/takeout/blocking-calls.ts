// Each call that a program can wait in, with what it takes to get it there and to let it go on.
import { Kind, Syscall } from "../../src/abi/index.ts";
import type { Operator } from "./operator.ts";
import type { ProgramCall, Stage } from "./stage.ts";

export interface Blocking {
  readonly name: string;
  /** Makes what is needed; answers the calls of the program. */
  readonly stage: (stage: Stage) => Prepared;
}

export interface Prepared {
  readonly calls: readonly ProgramCall[];
  /** Before the program is let run. */
  readonly before?: (operator: Operator) => Promise<unknown>;
  /** While it waits, before it is stopped. */
  readonly meet?: (operator: Operator) => Promise<unknown>;
  /** Ends its wait. */
  readonly wake: (operator: Operator) => Promise<unknown>;
}

const words = { w0: 11, w1: 22, w2: 33, w3: 44, w4: 55, w5: 66 };
const message = { label: 9, ...words };

/** An object that the program and the operator both have. */
function shared(stage: Stage, kind: number) {
  const { slot, row } = stage.give(kind);
  let held = 0;
  return { slot, held: (operator: Operator) => (held ||= operator.hold(kind, row)) };
}

function sends(call: number): Blocking["stage"] {
  return (stage) => {
    const { slot, held } = shared(stage, Kind.endpoint);
    return {
      calls: [{ call, a0: slot, ...message }],
      wake: async (operator) => {
        const got = await operator.must("receive", { a0: held(operator) });
        if (got.words[0] !== words.w0 || got.label !== 9) throw new Error("another message came");
        if (call === Syscall.call) await operator.must("reply", { label: 5, words: [1, 2, 3] });
      },
    };
  };
}

function receives(call: number): Blocking["stage"] {
  return (stage) => {
    const { slot, held } = shared(stage, Kind.endpoint);
    return {
      calls: [{ call, a0: slot }],
      wake: (operator) => operator.must("send", { a0: held(operator), label: 8, words: [7, 6] }),
    };
  };
}

export const blockingCalls: readonly Blocking[] = [
  { name: "send", stage: sends(Syscall.send) },
  { name: "call, not yet received", stage: sends(Syscall.call) },
  {
    name: "call, received",
    stage(stage) {
      const { slot, held } = shared(stage, Kind.endpoint);
      return {
        calls: [{ call: Syscall.call, a0: slot, ...message }],
        meet: (operator) => operator.must("receive", { a0: held(operator) }),
        wake: (operator) => operator.must("reply", { label: 5, words: [1, 2, 3] }),
      };
    },
  },
  { name: "receive", stage: receives(Syscall.receive) },
  {
    name: "replyAndReceive",
    stage(stage) {
      const { slot, held } = shared(stage, Kind.endpoint);
      const asked = async (operator: Operator): Promise<void> => {
        await operator.must("send", { a0: held(operator), label: 3, words: [1] });
      };
      return {
        calls: [
          { call: Syscall.receive, a0: slot },
          { call: Syscall.replyAndReceive, a0: slot, label: 4 },
        ],
        meet: asked,
        wake: asked,
      };
    },
  },
  {
    name: "threadSleep",
    stage: (stage) => ({
      calls: [{ call: Syscall.threadSleep }],
      wake: (operator) => operator.must("threadInterrupt", { a0: stage.slot }),
    }),
  },
  {
    name: "notificationWait",
    stage(stage) {
      const { slot, held } = shared(stage, Kind.notification);
      return {
        calls: [{ call: Syscall.notificationWait, a0: slot, a1: 6 }],
        wake: (operator) => operator.must("notificationSignal", { a0: held(operator), a1: 7 }),
      };
    },
  },
  {
    name: "mutexLock",
    stage(stage) {
      const { slot, held } = shared(stage, Kind.mutex);
      return {
        calls: [
          { call: Syscall.mutexLock, a0: slot },
          { call: Syscall.mutexUnlock, a0: slot },
        ],
        before: (operator) => operator.must("mutexLock", { a0: held(operator) }),
        wake: (operator) => operator.must("mutexUnlock", { a0: held(operator) }),
      };
    },
  },
  {
    name: "conditionWait",
    stage(stage) {
      const mutex = shared(stage, Kind.mutex);
      const condition = shared(stage, Kind.condition);
      return {
        calls: [
          { call: Syscall.mutexLock, a0: mutex.slot },
          { call: Syscall.conditionWait, a0: condition.slot, a1: mutex.slot },
          { call: Syscall.mutexUnlock, a0: mutex.slot },
        ],
        // Stopped, the wait is over and the mutex is about to be locked: it is kept away till the end.
        meet: (operator) => operator.must("mutexLock", { a0: mutex.held(operator) }),
        async wake(operator) {
          await operator.must("conditionBroadcast", { a0: condition.held(operator) });
          await operator.must("mutexUnlock", { a0: mutex.held(operator) });
        },
      };
    },
  },
  {
    name: "futexWait",
    stage(stage) {
      const { slot, held } = shared(stage, Kind.futexQueue);
      return {
        calls: [{ call: Syscall.futexWait, a0: slot, a1: 16 }],
        wake: (operator) => operator.must("futexWake", { a0: held(operator), a1: 16, a2: 1 }),
      };
    },
  },
];
