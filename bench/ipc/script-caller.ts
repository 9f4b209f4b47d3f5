// A caller written in TypeScript: a thread whose code is a loop that writes the registers and enters
// the kernel, which is all that a TypeScript process does for a call.
import { forever, Kind, leaveStack, Register, Syscall } from "../../src/abi/index.ts";
import { createObject, createRootSpace, grant, startThread } from "../../src/kernel/index.ts";
import type { Runner } from "../../src/process/core.ts";
import { type Rig, serverSlot } from "./rig.ts";

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
  const { registers } = core;
  let sum = 0;
  for (let label = 0; label < calls; label++) {
    registers[Register.call] = Syscall.call;
    registers[Register.a0] = serverSlot;
    registers[Register.a1] = 0;
    registers[Register.a2] = 0;
    registers[Register.label] = label;
    registers[Register.sendTimeout] = forever;
    registers[Register.receiveTimeout] = forever;
    if (core.enter() === leaveStack || registers[Register.status] !== 0) return NaN;
    sum = (sum + registers[Register.label]) | 0;
  }
  return sum;
}
