// A caller written in TypeScript: a thread whose code is a loop that writes the registers and enters
// the kernel, which is all that a TypeScript process does for a call.
import { forever, Kind, leaveStack, Register, Syscall } from "../../src/abi/index.ts";
import { createObject, createRootSpace, grant, startThread } from "../../src/kernel/index.ts";
import type { Runner } from "../../src/process/core.ts";
import { type Rig, serverSlot } from "./rig.ts";

// Copies of imported constants, which the engine folds only when they are a module's own.
const callNumber = Register.call;
const callCall = Syscall.call;
const a0 = Register.a0;
const a1 = Register.a1;
const a2 = Register.a2;
const labelRegister = Register.label;
const statusRegister = Register.status;
const sendTimeout = Register.sendTimeout;
const receiveTimeout = Register.receiveTimeout;
const slot = serverSlot;
const never = forever;
const left = leaveStack;

/** A function that makes a batch of empty calls and answers the sum of the answers. */
export function scriptCaller(rig: Rig, endpoint: number, calls: number): () => Promise<number> {
  const { kernel } = rig.core;
  const space = createRootSpace(kernel);
  grant(kernel, space, serverSlot, { kind: Kind.endpoint, row: endpoint });
  return async () => {
    let sum = 0;
    const thread = createObject(kernel, Kind.thread, space);
    const run = () => {
      sum = callInLoop(rig, calls);
      rig.core.exited(0);
      rig.core.left();
    };
    rig.core.setRunner(thread, new ScriptRunner(run));
    startThread(kernel, thread);
    const ended = rig.ended({ space });
    rig.core.start();
    await ended;
    return sum;
  };
}

/** As the runner of a service is: code that begins in a microtask and has no stack to keep. */
class ScriptRunner implements Runner {
  readonly #run: () => void;

  constructor(run: () => void) {
    this.#run = run;
  }

  resume(): void {
    queueMicrotask(this.#run);
  }

  drop(): void {}
}

function callInLoop({ core }: Rig, calls: number): number {
  const { registers, enter } = core;
  let sum = 0;
  for (let label = 0; label < calls; label++) {
    registers[callNumber] = callCall;
    registers[a0] = slot;
    registers[a1] = 0;
    registers[a2] = 0;
    registers[labelRegister] = label;
    registers[sendTimeout] = never;
    registers[receiveTimeout] = never;
    if (enter() === left || registers[statusRegister] !== 0) return NaN;
    sum = (sum + registers[labelRegister]) | 0;
  }
  return sum;
}
