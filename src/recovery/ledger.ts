// What the door of a durable process knows of everybody else: whom the process owes answers, what its
// servers answered, which files it has open, what it moved through pipes, and by which calls it made its
// own objects. It follows from the log, and is part of every image.
import { Register, Status, Syscall } from "../abi/index.ts";
import type { DoorState } from "./door-state.ts";
import { OpenFiles } from "./open-files.ts";
import { Owed } from "./owed.ts";
import type { PendingCall } from "./pending-call.ts";
import { PipeFlows, type PipeHandle } from "./pipe-flows.ts";
import { type Peers, Rejoin } from "./rejoin.ts";
import { RemadeCalls } from "./remade.ts";
import type { Sessions } from "./sessions.ts";

export interface LedgerOptions {
  readonly sessions: Sessions;
  /** Whether images are made, so that answers must be known which a replay will not make again. */
  readonly keepsAnswers: boolean;
  readonly peers: Peers | undefined;
  /** By slot, the requests of the process that were answered: for others to look at. */
  readonly answered?: Map<number, number> | undefined;
  /** The pipes that join it to others. */
  readonly pipes?: readonly PipeHandle[] | undefined;
  /** A server that the process waits for has something to say. */
  readonly onPeer: () => void;
}

export class Ledger {
  readonly sessions: Sessions;
  readonly owed: Owed;
  readonly rejoin: Rejoin;
  readonly files = new OpenFiles();
  readonly pipes: PipeFlows;
  readonly remade = new RemadeCalls();
  /** The record that brought the request which is being served, or -1. */
  lastRequest = -1;

  constructor({ sessions, keepsAnswers, peers, answered, pipes, onPeer }: LedgerOptions) {
    this.sessions = sessions;
    this.owed = new Owed(sessions, keepsAnswers);
    this.rejoin = new Rejoin(peers, onPeer, answered);
    this.pipes = new PipeFlows(pipes);
  }

  /** Whether the bytes that a call says are asked for when it is over: its answer may be written over them. */
  needsSaid(registers: Int32Array): boolean {
    return OpenFiles.concerns(registers) || this.pipes.concerns(registers);
  }

  /**
   * A call is over, and is record `number`. `said`: the bytes that it sent. `isReplayed`: it was made in a
   * kernel that is gone.
   */
  over(
    { asked, number: call }: PendingCall,
    answered: Int32Array,
    number: number,
    said: () => Uint8Array,
    isReplayed: boolean,
  ): void {
    const status = answered[Register.status]!;
    this.owed.over(asked, status, answered[Register.badge]!, isReplayed);
    if (status !== Status.ok) return;
    this.files.over(asked, answered, said);
    this.pipes.over(asked, answered, said);
    this.remade.over(asked);
    if (call === Syscall.receive || call === Syscall.replyAndReceive) this.lastRequest = number;
  }

  /** All of it as data, for a process that stands at a record, with the registers of its last call. */
  exportState(position: number, registers: Int32Array): DoorState {
    return {
      position,
      registers: [...registers],
      sessions: this.sessions.exportState(),
      owed: this.owed.exportState(),
      files: this.files.exportState(),
      pipes: this.pipes.exportState(),
      answered: this.rejoin.exportState(),
      remade: this.remade.exportState(),
      lastRequest: this.lastRequest,
    };
  }

  /** Takes over what is known of a kernel that is gone. */
  importState(from: DoorState): void {
    this.sessions.importState(from.sessions);
    this.owed.importState(from.owed);
    this.files.importState(from.files);
    this.pipes.importState(from.pipes);
    this.remade.importState(from.remade);
    this.rejoin.restart(from.answered);
    this.lastRequest = from.lastRequest;
  }
}
