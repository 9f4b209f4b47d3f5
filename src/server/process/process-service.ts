// The process server: a table of processes that any client may ask, and the only one who starts and ends
// them. It holds control of each process's space, given to it by whoever made the space, and ends a
// process by a kernel call as any other program could. Making a space of a module is not for user mode
// yet: that is behind `Launcher`.
import {
  askAgain,
  ClientStateError,
  type ClientStates,
  Errno,
  ProcessAsk,
  ProcessState,
  signalExitBase,
  type StateData,
} from "../../userlib/index.ts";
import type { Answer, Later, Message, Service, ServiceHost } from "../../userlib/index.ts";
import { type Draft, Drafts, moduleOf } from "./drafts.ts";
import { type ProcessRow, ProcessTable } from "./process-table.ts";
import { readStart, type StartRequest } from "./start-request.ts";

/** Who makes a process of a module. It calls `launched` or, if it cannot, `refused`; never at once. */
export interface Launcher {
  launch(pid: number, parent: number, request: StartRequest, code: Uint8Array): void;
  /** A process that was made and will not be started: what it was given is to be let go of. */
  abandon(pid: number): void;
}

/** A slot with control of a process's space, and who takes it back. */
interface Control {
  readonly slot: number;
  readonly release: () => void;
}

interface WaitingParent {
  readonly ticket: number;
  readonly pid: number;
  readonly child: number;
}

const childrenMax = 256;
const signalCount = 31;

const refuse = (errno: number): Answer => ({ label: errno });
const success = refuse(Errno.success);

export class ProcessService implements Service {
  readonly name = "processes";
  readonly table: ProcessTable;
  readonly #launcher: Launcher;
  /** Control of spaces, by pid. */
  readonly #controls = new Map<number, Control>();
  readonly #drafts = new Drafts();
  readonly #onSettled: (() => void)[] = [];
  #waiting: WaitingParent[] = [];
  /** Pids told of from outside since the last signal. */
  #ended: { readonly pid: number; readonly code: number; readonly fault: number }[] = [];
  #toEnd: { readonly pid: number; readonly signal: number }[] = [];
  #launched: { readonly pid: number; readonly errno: number }[] = [];

  constructor(launcher: Launcher, lastPid = 0) {
    this.#launcher = launcher;
    this.table = new ProcessTable(lastPid);
  }

  /** The table is of all processes, whoever of them asks. */
  readonly states: ClientStates = {
    exportClients: () => this.#export(),
    importClients: (state) => this.#import(state),
    letGo: (badge, host) => this.#letGo(badge, host),
  };

  #letGo(badge: number, host: ServiceHost): void {
    const own = this.#waiting.filter(({ pid }) => pid === badge);
    this.#waiting = this.#waiting.filter(({ pid }) => pid !== badge);
    for (const { ticket } of own) host.answer(ticket, refuse(askAgain));
  }

  #export(): StateData {
    const { lastPid, rows } = this.table.exportState();
    if (this.#drafts.launching > 0) {
      throw new ClientStateError(
        "A process is being started, and is not there yet: try again in a moment.",
      );
    }
    const drafts = this.#drafts.exportState();
    return { lastPid, rows: rows.map((row) => ({ ...row })), drafts };
  }

  #import(state: StateData): void {
    // Made by `#export`, and out of an image whose digest was right.
    const processes = state as unknown as ReturnType<ProcessTable["exportState"]> & {
      readonly drafts: ReturnType<Drafts["exportState"]>;
    };
    this.table.importState(processes);
    this.#drafts.importState(processes.drafts);
  }

  // For who makes and watches the spaces. The service's notification is to be raised after all but the first.

  /** Whether a process that is being launched is still to be: it may have been ended meanwhile. */
  isLaunching(pid: number): boolean {
    return this.#drafts.get(pid) !== undefined;
  }

  /** Whether the table says all there is: no process is being launched, and no end is still to be told. */
  get isSettled(): boolean {
    const told = [this.#ended, this.#toEnd, this.#launched];
    return this.#drafts.launching === 0 && told.every(({ length }) => length === 0);
  }

  /** Calls back once, when what was told from outside has next been dealt with. */
  onSettled(settled: () => void): void {
    this.#onSettled.push(settled);
  }

  /** A process has a space, which is controlled through this slot. It is empty when it is released. */
  adopt(pid: number, slot: number, release: () => void): void {
    this.#controls.set(pid, { slot, release });
    const row = this.table.get(pid);
    if (row !== undefined) row.state = ProcessState.running;
  }

  /** The code with which a process has ended that was told to, or else this one. */
  codeOf(pid: number, code: number): number {
    const signal = this.table.get(pid)?.signal ?? 0;
    return signal === 0 ? code : signalExitBase + signal;
  }

  /** Ends a process from outside, as `kill` does for its parents. */
  end(pid: number, signal: number): void {
    this.#toEnd.push({ pid, signal });
  }

  /** The last thread of a process has ended. */
  ended(pid: number, code: number, fault: number): void {
    this.#ended.push({ pid, code, fault });
  }

  /** A launch is over: 0, or why there is no process. */
  launched(pid: number, errno: number): void {
    this.#launched.push({ pid, errno });
  }

  handle(message: Message, host: ServiceHost): Answer | Later {
    const { badge, label, words } = message;
    switch (label) {
      case ProcessAsk.self:
        return this.#tell(this.table.get(badge));
      case ProcessAsk.info:
        return this.#tell(this.table.get(words[0]!));
      case ProcessAsk.list:
        return this.#list();
      case ProcessAsk.wait:
        return this.#wait(badge, words[0]!, words[1] === 0, host);
      case ProcessAsk.kill:
        return this.#kill(badge, words[0]!, words[1]!, host);
      case ProcessAsk.setGroup:
        return this.#setGroup(badge, words[0]!, words[1]!);
      case ProcessAsk.create:
        return this.#create(badge);
      case ProcessAsk.code:
        return this.#addCode(this.#draftOf(badge, words[0]!), message.bytes);
      case ProcessAsk.start:
        return this.#start(message, host);
      default:
        return refuse(Errno.nosys);
    }
  }

  onSignal(_bits: number, host: ServiceHost): void {
    for (const { pid, signal } of this.#toEnd.splice(0)) this.#signal(pid, signal, host);
    for (const { pid, errno } of this.#launched.splice(0)) this.#settleLaunch(pid, errno, host);
    for (const { pid, code, fault } of this.#ended.splice(0))
      this.#settleEnd(pid, code, fault, host);
    for (const settled of this.#onSettled.splice(0)) settled();
  }

  onClientGone(badge: number, host: ServiceHost): void {
    for (const { ticket, pid } of this.#waiting) {
      // Answering those who are gone releases their tickets.
      if (pid === badge) host.answer(ticket, refuse(Errno.intr));
    }
    this.#waiting = this.#waiting.filter(({ pid }) => pid !== badge);
  }

  #tell(row: ProcessRow | undefined): Answer {
    if (row === undefined) return refuse(Errno.srch);
    const { pid, parent, group, state, code, name } = row;
    const bytes = new TextEncoder().encode(name);
    return { label: Errno.success, words: [pid, parent, group, state, code], bytes };
  }

  #list(): Answer {
    const pids = Int32Array.from(this.table.rows, ({ pid }) => pid);
    return { label: Errno.success, words: [pids.length], bytes: new Uint8Array(pids.buffer) };
  }

  #wait(pid: number, child: number, mayWait: boolean, host: ServiceHost): Answer | Later {
    const children = this.table.childrenOf(pid).filter((row) => isWanted(row, child));
    if (children.length === 0) return refuse(Errno.child);
    const ended = children.find(({ state }) => state === ProcessState.ended);
    if (ended !== undefined) return this.#reap(ended);
    if (!mayWait) return { label: Errno.success, words: [0, 0, 0] };
    const later = host.defer();
    this.#waiting.push({ ticket: later.later, pid, child });
    return later;
  }

  #reap({ pid, code, fault }: ProcessRow): Answer {
    this.table.remove(pid);
    return { label: Errno.success, words: [pid, code, fault] };
  }

  #kill(caller: number, pid: number, signal: number, host: ServiceHost): Answer {
    const row = this.table.get(pid);
    if (row === undefined || row.state === ProcessState.ended) return refuse(Errno.srch);
    if (!this.table.isDescendant(pid, caller)) return refuse(Errno.perm);
    if (signal < 0 || signal >= signalCount) return refuse(Errno.inval);
    if (signal !== 0) this.#signal(pid, signal, host);
    return success;
  }

  /** There are no handlers: every signal ends a process. */
  #signal(pid: number, signal: number, host: ServiceHost): void {
    const row = this.table.get(pid);
    if (row === undefined || row.state === ProcessState.ended) return;
    row.signal = signal;
    const control = this.#controls.get(pid);
    if (control === undefined) this.#forgetDraft(row, host);
    else host.destroy(control.slot);
  }

  #setGroup(caller: number, pid: number, group: number): Answer {
    const row = this.table.get(pid === 0 ? caller : pid);
    if (row === undefined) return refuse(Errno.srch);
    if (row.pid !== caller && row.parent !== caller) return refuse(Errno.perm);
    if (group < 0) return refuse(Errno.inval);
    row.group = group === 0 ? row.pid : group;
    return success;
  }

  #create(parent: number): Answer {
    if (this.table.childrenOf(parent).length >= childrenMax) return refuse(Errno.again);
    const { pid } = this.table.add(parent, "");
    this.#drafts.add(pid);
    return { label: Errno.success, words: [pid] };
  }

  /** A child of the caller's that was made and not yet started. */
  #draftOf(parent: number, pid: number): Draft | undefined {
    const isChild = this.table.get(pid)?.parent === parent;
    const draft = isChild ? this.#drafts.get(pid) : undefined;
    return draft?.ticket === 0 ? draft : undefined;
  }

  #addCode(draft: Draft | undefined, bytes: Uint8Array): Answer {
    return refuse(draft === undefined ? Errno.srch : this.#drafts.addCode(draft, bytes));
  }

  #start({ badge, words, bytes }: Message, host: ServiceHost): Answer | Later {
    const pid = words[0]!;
    const draft = this.#draftOf(badge, pid);
    if (draft === undefined) return refuse(Errno.srch);
    const request = readStart(bytes, words[1]!, words[2]!, words[3]!);
    if (request === undefined) return refuse(Errno.inval);
    const later = host.defer();
    draft.ticket = later.later;
    this.table.get(pid)!.name = request.args[0] ?? "";
    this.#launcher.launch(pid, badge, request, moduleOf(draft));
    return later;
  }

  #settleLaunch(pid: number, errno: number, host: ServiceHost): void {
    const draft = this.#drafts.remove(pid);
    if (draft === undefined) return;
    if (errno !== 0) {
      this.#takeApart(pid, host);
      this.table.remove(pid);
      this.#launcher.abandon(pid);
    }
    host.answer(draft.ticket, refuse(errno));
  }

  /** Destroys what there is of a process. */
  #takeApart(pid: number, host: ServiceHost): void {
    const control = this.#controls.get(pid);
    if (control === undefined) return;
    this.#controls.delete(pid);
    host.destroy(control.slot);
    control.release();
  }

  #settleEnd(pid: number, code: number, fault: number, host: ServiceHost): void {
    this.#takeApart(pid, host);
    const row = this.table.get(pid);
    if (row === undefined) return;
    for (const child of this.table.childrenOf(pid)) {
      if (child.state === ProcessState.made) this.#forgetDraft(child, host);
    }
    this.table.end(row, code, fault);
    this.#tellParent(row, host);
  }

  /** A process that was never started ends. */
  #forgetDraft(row: ProcessRow, host: ServiceHost): void {
    const ticket = this.#drafts.remove(row.pid)?.ticket ?? 0;
    if (ticket !== 0) host.answer(ticket, refuse(Errno.canceled));
    this.table.remove(row.pid);
    this.#launcher.abandon(row.pid);
  }

  #tellParent(row: ProcessRow, host: ServiceHost): void {
    const { parent } = row;
    const at = this.#waiting.findIndex((one) => one.pid === parent && isWanted(row, one.child));
    if (parent === 0 || at < 0) return;
    const [{ ticket }] = this.#waiting.splice(at, 1) as [WaitingParent];
    host.answer(ticket, this.#reap(row));
  }
}

function isWanted({ pid }: ProcessRow, child: number): boolean {
  return child === 0 || pid === child;
}
