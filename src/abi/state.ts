// State layouts: what `objectGetState` writes and `objectSetState` reads, in 32-bit words, a table
// per kind. Word 0 is always the kind, word 1 the version of the layout. `slot` marks a reference:
// getState puts a capability into a slot of the caller and writes that slot, or 0; setState reads it.
import type { KindName } from "./kind.ts";
import { registerCount } from "./register.ts";

export const stateVersion = 2;

/** Words before the first field: kind and version. */
export const stateHeaderWords = 2;

/** A field is one word, or a run of words. */
export interface StateField {
  readonly name: string;
  readonly words: number;
  readonly meaning: string;
}

function field(name: string, meaning: string, words = 1): StateField {
  return { name, words, meaning };
}

export const stateLayouts: Readonly<Record<KindName, readonly StateField[]>> = {
  space: [
    field("threads", "live threads, not counting activations"),
    field("objects", "objects charged to it: see objectLimit"),
    field("capabilities", "slots in use"),
    field("objectLimit", "objects that it and the spaces it made may own, together"),
    field("capabilityLimit", "slots it may use"),
    field("clan", "1 if it is in a clan other than the outermost"),
    field("chief", "slot: endpoint of its chief"),
    field("exit", "slot: notification signalled when its last thread ends"),
    field("fault", "slot: endpoint told of faults"),
    field("exitCode", "what the last thread to exit gave"),
    field("state", "0 alive, 1 ended"),
    field("exitBits", "what its exit signals"),
    field(
      "redirectSlot",
      "where in its own table it finds the destination of a redirected message",
    ),
    field("priorityMax", "highest priority of its threads"),
  ],
  thread: [
    field("state", "a ThreadState: stopped, ready or faulted; waiting is a call to be made again"),
    field("priority", "0 to 31, higher runs first"),
    field("sliceUs", "length of its time slice, microseconds"),
    field("registers", "the register file", registerCount),
    field("timed", "1 if the two words after hold what is left of a timeout"),
    field("remaining", "nanoseconds left, low word, high word", 2),
    field("reply", "slot: its reply object, if it waits for a reply"),
    field("owed", "slot: the reply object it owes an answer to"),
    field("exitCode", "what it exited with, or the reason of its fault"),
    field("stack", "a StackState: where the stack of its code is"),
  ],
  endpoint: [
    field("portal", "0 rendezvous, 1 portal, 3 re-entrant portal"),
    field("senders", "threads waiting to send"),
    field("receivers", "threads waiting to receive"),
    field("descriptor", "portal: address of the receive descriptor, or 0"),
    field("handler", "portal: the number its space knows it by"),
  ],
  reply: [field("armed", "1 if a caller is owed an answer"), field("waiting", "1 if it waits now")],
  endpointSet: [field("members", "endpoints in it"), field("receivers", "threads waiting")],
  notification: [field("bits", "signalled and not yet taken"), field("waiters", "threads waiting")],
  region: [field("bytes", "its size")],
  mutex: [
    field("locked", "1 if held"),
    field("owner", "slot: the thread that holds it"),
    field("waiters", "threads waiting"),
    field("abandoned", "1 if its owner died holding it"),
  ],
  condition: [field("waiters", "threads waiting")],
  futexQueue: [field("waiters", "threads waiting")],
  timer: [
    field("armed", "1 if it will fire"),
    field("remaining", "nanoseconds until it fires, low word, high word", 2),
    field("periodUs", "microseconds between firings, 0 for once"),
    field("bits", "what it signals"),
    field("notification", "slot: what it signals to"),
  ],
};

/** Words of the whole state of a kind, header included. */
export function stateWords(kind: KindName): number {
  return stateLayouts[kind].reduce((sum, { words }) => sum + words, stateHeaderWords);
}

/** Word of a field within the state of its kind. */
export function stateWord(kind: KindName, name: string): number {
  let word = stateHeaderWords;
  for (const entry of stateLayouts[kind]) {
    if (entry.name === name) return word;
    word += entry.words;
  }
  throw new RangeError(`the state of a ${kind} has no field "${name}"`);
}

export const ThreadState = {
  /** An activation that is not in use. */
  idle: 0,
  /** Out of every queue; its registers hold the call it will make when resumed. */
  stopped: 1,
  /** Running or able to run. */
  ready: 2,
  sending: 3,
  receiving: 4,
  awaitingReply: 5,
  replying: 6,
  /** One of the two parties of a long copy. */
  transferring: 7,
  waitingNotification: 8,
  lockingMutex: 9,
  waitingCondition: 10,
  waitingFutex: 11,
  sleeping: 12,
  faulted: 13,
  exited: 14,
} as const;

export type ThreadState = (typeof ThreadState)[keyof typeof ThreadState];

/** Where the stack of a thread's code is: its registers are the kernel's, its frames its adapter's. */
export const StackState = {
  /** The thread was let run: it may have frames, and nobody has asked for them. */
  inUse: 0,
  /** The thread was stopped, and its frames are being taken out. */
  leaving: 1,
  /** All of its frames, if it has any, are data. */
  out: 2,
  /** The thread was stopped, but its program is not prepared for its frames to be taken out. */
  held: 3,
  /** Its frames could not be saved: the thread faults when it is resumed. */
  lost: 4,
} as const;

export type StackState = (typeof StackState)[keyof typeof StackState];
