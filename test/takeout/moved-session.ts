// Runs a real program on a system, and meanwhile stops it again and again by kernel calls, takes it out
// whole, and puts it back into fresh instances under the same thread.
import { Kind, Status } from "../../src/abi/index.ts";
import { Random } from "../../src/base/index.ts";
import { PauseDoor } from "../../src/boot/capture/pause.ts";
import { Session } from "../../src/boot/session.ts";
import type { CoreLoop } from "../../src/boot/core.ts";
import { System } from "../../src/boot/system.ts";
import { createObject, verify } from "../../src/kernel/index.ts";
import { createNodeMachine } from "../../src/machine/node/index.ts";
import type { PreparedModule } from "../../src/process/index.ts";
import { FakeDevice } from "../wasi/console-device.ts";
import { Operator } from "./operator.ts";

export interface SessionRun {
  readonly args: readonly string[];
  readonly input: string;
}

export interface SessionOutcome {
  readonly code: number;
  readonly output: readonly string[];
}

export interface MovedRun {
  readonly outcome: SessionOutcome;
  /** Calls of the program that did not wait. */
  readonly calls: number;
  readonly moves: number;
  readonly deepest: number;
}

/** When to stop the program. */
export type When =
  | "never"
  /** After these of its calls, by number. */
  | ReadonlySet<number>
  /** So many times, wherever it is when a random time has passed. */
  | { readonly seed: number; readonly usMax: number; readonly count: number };

/** Higher than that of programs. */
const operatorPriority = 20;
const leftBit = 1;
const dueBit = 1;

/** Lets the operator in after some calls. */
class Gate extends PauseDoor {
  calls = 0;
  readonly #core: CoreLoop;
  readonly #when: When;
  readonly #onDue: () => void;

  constructor(core: CoreLoop, when: When, onDue: () => void) {
    super(core);
    this.#core = core;
    this.#when = when;
    this.#onDue = onDue;
  }

  override enter(): number {
    const answer = this.#core.enter();
    if (answer !== 0 || !(this.#when instanceof Set)) return answer;
    if (!this.#when.has(this.calls++)) return answer;
    this.#onDue();
    return this.#core.pause(true);
  }
}

export async function runMoved(
  prepared: PreparedModule,
  { args, input }: SessionRun,
  when: When,
): Promise<MovedRun> {
  const machine = createNodeMachine();
  const crash = Promise.withResolvers<never>();
  const system = new System({ machine, onCrash: crash.reject });
  const { kernel } = system.core;
  const device = Object.assign(new FakeDevice(), { input, isAtEnd: true });
  const due = createObject(kernel, Kind.notification, 0);
  const left = createObject(kernel, Kind.notification, 0);
  const gate = new Gate(system.core, when, () => system.core.raise(due, dueBit));
  const session = new Session(system, {
    grants: [],
    console: device,
    pause: gate,
    fuelSlice: 2000,
  });
  const ended = session.start([{ prepared, args, env: [] }]);
  const [program] = session.running.values();
  const { spawned, threads } = program;
  const total = { moves: 0, deepest: 0 };
  const operator = new Operator(system, operatorPriority, async (one) => {
    const next = await alarm(one, when, due);
    const thread = one.hold(Kind.thread, spawned.thread);
    const told = one.hold(Kind.notification, left);
    for (;;) {
      await next();
      const { status } = await one.make("threadStop", { a0: thread, a1: told, a2: leftBit });
      if (status !== Status.ok) return;
      await one.must("notificationWait", { a0: told, a1: leftBit });
      const state = structuredClone(system.capture(spawned.space));
      total.moves++;
      total.deepest = Math.max(total.deepest, state.threads[0].frames?.frames.length ?? 0);
      system.replace(spawned, state, () => threads.linked());
      await one.must("threadResume", { a0: thread });
    }
  });
  system.core.start();
  try {
    const [end] = await Promise.race([ended, crash.promise, failureOf(operator)]);
    verify(kernel);
    return { outcome: { code: end.code, output: device.output }, calls: gate.calls, ...total };
  } finally {
    system.core.stop();
    machine.close();
  }
}

/** Waits until it is time for the next stop. */
async function alarm(operator: Operator, when: When, due: number): Promise<() => Promise<unknown>> {
  if (when === "never" || when instanceof Set) {
    const a0 = operator.hold(Kind.notification, due);
    return () => operator.must("notificationWait", { a0, a1: dueBit });
  }
  const timed = when as Exclude<When, string | ReadonlySet<number>>;
  const random = new Random(timed.seed, "stops");
  let left = timed.count;
  return () => {
    const receiveTimeout = left-- > 0 ? 1 + random.below(timed.usMax) : -1;
    return operator.make("threadSleep", { receiveTimeout });
  };
}

function failureOf(operator: Operator): Promise<never> {
  return new Promise((_, reject) => {
    operator.over.catch(reject);
  });
}
