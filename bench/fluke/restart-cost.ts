// What a restart costs: long calls, undisturbed and with every one of them disturbed in the middle.
// Half way through a copy an event is set; as soon as the kernel lets it in, a controller stops the
// thread, takes its state out, puts it back and resumes it. Where the copy can be interrupted it is
// rolled back and done again; where it cannot, the controller comes after it, and all that is lost is
// the controller's own time.
import { forever, Kind, leaveStack, Register, Status, Syscall } from "../../src/abi/index.ts";
import {
  createObject,
  createRootSpace,
  grant,
  Preemption as KernelPreemption,
  startThread,
} from "../../src/kernel/index.ts";
import { WrongWorkError } from "../harness/rounds.ts";
import { median } from "../harness/statistics.ts";
import { type Party, Rig, RigFailure } from "../ipc/rig.ts";
import { type Combination, combinationName } from "./combination.ts";
import * as parties from "./parties.wat.ts";

const copiesPerBatch = 20;
const batches = 80;
const warmupBatches = 20;
const urgentPriority = 30;
const stateAddress = 1024;
const stateWordCount = 64;
const controllerBytes = 65536;

/** Where the controller has its notification; threads to control come after it. */
const notificationSlot = 16;
const firstThreadSlot = 64;

/** The share of a disturbed long call's time that an undisturbed one does not need. */
export async function measureRestartShare(
  combination: Combination,
  copyBytes: number,
): Promise<number> {
  const pending = new Int32Array(1);
  const rig: Rig = new Rig({
    model: combination.model,
    preemption: KernelPreemption[combination.preemption],
    eventPending: pending,
    onEventPending: () => rig.core.interrupt(controller.notification, 1),
  });
  const controller = new Controller(rig);
  const copier = await loadCopier(rig, copyBytes);
  const halfway = new HalfwayEvent(rig, pending, copyBytes);
  const batchNs = async (isDisturbed: boolean): Promise<number> => {
    halfway.isOn = isDisturbed;
    const startNs = process.hrtime.bigint();
    const thread = rig.startThread(copier, "run");
    controller.control(thread);
    const ended = rig.ended(copier);
    rig.core.start();
    await ended;
    const ns = Number(process.hrtime.bigint() - startNs);
    checkBatch(rig, copier, combination);
    return ns;
  };
  const share = await compareBatches(batchNs);
  if (controller.restarts !== copiesPerBatch * (batches + warmupBatches)) {
    throw new RigFailure(`${combinationName(combination)} restarted ${controller.restarts} calls`);
  }
  rig.close();
  return share;
}

async function loadCopier(rig: Rig, copyBytes: number): Promise<Party> {
  const receiver = rig.receiver(await rig.load(parties.receiver(copyBytes)));
  const copier = await rig.load(parties.copier(copyBytes, copiesPerBatch));
  const given = { kind: Kind.endpoint, row: receiver };
  grant(rig.core.kernel, copier.space, parties.slots.receiver, given);
  return copier;
}

async function compareBatches(batchNs: (isDisturbed: boolean) => Promise<number>): Promise<number> {
  const undisturbed: number[] = [];
  const disturbed: number[] = [];
  for (let i = 0; i < batches + warmupBatches; i++) {
    const plainNs = await batchNs(false);
    const restartedNs = await batchNs(true);
    if (i < warmupBatches) continue;
    undisturbed.push(plainNs);
    disturbed.push(restartedNs);
  }
  return Math.max(0, 1 - median(undisturbed) / median(disturbed));
}

function checkBatch(rig: Rig, copier: Party, combination: Combination): void {
  const sum = rig.core.memories.load(copier.space, 0);
  const expected = parties.expectedCopierSum(copiesPerBatch);
  if (sum !== expected) throw new WrongWorkError(combinationName(combination), expected, sum);
}

/** Sets the event word once per message, when half of its bytes have been copied. */
class HalfwayEvent {
  isOn = false;
  #hasFired = false;

  constructor({ core }: Rig, pending: Int32Array, copyBytes: number) {
    const { memories } = core;
    const copy = memories.copy.bind(memories);
    memories.copy = (from, fromAddress, to, toAddress, bytes) => {
      copy(from, fromAddress, to, toAddress, bytes);
      const doneBytes = toAddress + bytes - parties.bufferAddress;
      if (doneBytes === copyBytes) this.#hasFired = false;
      else if (this.isOn && !this.#hasFired && doneBytes * 2 >= copyBytes) {
        this.#hasFired = true;
        pending[0] = 1;
      }
    };
  }
}

/** A TypeScript thread of high priority that restarts the thread it controls when it is notified. */
class Controller {
  readonly notification: number;
  restarts = 0;
  readonly #rig: Rig;
  readonly #space: number;
  #slot = firstThreadSlot;

  constructor(rig: Rig) {
    const { kernel, memories } = rig.core;
    this.#rig = rig;
    this.#space = createRootSpace(kernel);
    memories.attach(this.#space, new ArrayBuffer(controllerBytes));
    this.notification = createObject(kernel, Kind.notification, this.#space);
    const row = this.notification;
    grant(kernel, this.#space, notificationSlot, { kind: Kind.notification, row });
    const thread = createObject(kernel, Kind.thread, this.#space, [urgentPriority]);
    let hasWaited = false;
    const resume = () =>
      queueMicrotask(() => {
        if (hasWaited) this.#restart();
        hasWaited = true;
        this.#wait();
      });
    rig.core.setRunner(thread, { resume, drop: () => {} });
    startThread(kernel, thread);
    rig.core.start();
  }

  control(thread: number): void {
    const { kernel } = this.#rig.core;
    grant(kernel, this.#space, ++this.#slot, { kind: Kind.thread, row: thread });
  }

  #restart(): void {
    const state = { a0: this.#slot, a1: stateAddress, a2: stateWordCount };
    this.#call(Syscall.threadStop, { a0: this.#slot });
    this.#call(Syscall.objectGetState, state);
    this.#call(Syscall.objectSetState, state);
    this.#call(Syscall.threadResume, { a0: this.#slot });
    this.restarts++;
  }

  /** Waits for the next event. Only a wait leaves this thread. */
  #wait(): void {
    const { core } = this.#rig;
    this.#setRegisters(Syscall.notificationWait, { a0: notificationSlot });
    if (core.enter() !== leaveStack) throw new RigFailure("an event came before the one it is for");
    core.left();
  }

  #call(call: number, registers: CallRegisters): void {
    const { core } = this.#rig;
    this.#setRegisters(call, registers);
    if (core.enter() === leaveStack) throw new RigFailure(`call ${call} left its thread`);
    const status = core.registers[Register.status];
    if (status !== Status.ok) throw new RigFailure(`call ${call} answered ${status}`);
  }

  #setRegisters(call: number, { a0, a1 = 0, a2 = 0 }: CallRegisters): void {
    const { registers } = this.#rig.core;
    registers.fill(0);
    registers[Register.call] = call;
    registers[Register.a0] = a0;
    registers[Register.a1] = a1;
    registers[Register.a2] = a2;
    registers[Register.sendTimeout] = forever;
    registers[Register.receiveTimeout] = forever;
  }
}

interface CallRegisters {
  readonly a0: number;
  readonly a1?: number;
  readonly a2?: number;
}
