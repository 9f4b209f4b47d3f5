// What a session is to whoever runs it, whatever its child speaks. Lines are numbered in both directions;
// of a child that speaks bytes, a line is a run of them, a character each.
import type { HostRecord } from "./session-state.ts";

export interface NumberedLine {
  readonly number: number;
  readonly line: string;
}

export interface HostSink {
  /** To be made durable before what is said after this goes out. */
  record(record: HostRecord): void;
  toChild(line: string): void;
  toClient(number: number, line: string): void;
  /** There is nothing more to tell the child: its input may be ended. */
  closeChild(): void;
  /** Something that whoever operates this should know. */
  note(text: string): void;
}

export interface SessionMachine {
  /** The last line of the client's that is known. */
  readonly heard: number;
  /** Lines that the client has not acknowledged. */
  readonly unsent: readonly NumberedLine[];
  /** Requests that wait for an answer; 0 where there is no such thing. */
  readonly openCount: number;
  readonly hasEnded: boolean;
  /** Whether another child is of use after one that died. */
  readonly needsChild: boolean;
  /** Why it cannot be gone on with, once that is so. */
  readonly broken: string | undefined;
  /** All records so far in one, where that is shorter. */
  snapshot(): HostRecord | undefined;
  /** A line of the client's; one that was heard is passed over. False: one is missing. */
  fromClient(number: number, line: string): boolean;
  /** The client ends its side. */
  clientEnded(): void;
  /** The client's side has the lines up to this one. */
  acknowledged(number: number): void;
  /** A child is started now, and takes what it is told. */
  childStarted(): void;
  fromChild(line: string): void;
  /** `isOwn`: nobody ended it, as far as one can see. Answers how many requests it had in work. */
  childDied(isOwn: boolean): number;
  /** No child will be started any more. */
  giveUp(reason: string): void;
}
