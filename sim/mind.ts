// What a simulated thread knows: its user state, whole and as data. It belongs to the thread and not
// to the row: when a thread's state is taken out and put into another, its mind goes along.

/** Registers to set for one call of a script, by register number. */
export type Step = ReadonlyMap<number, number>;

export interface Mind {
  /** The thread it belongs to: its row's generation. */
  generation: number;
  space: number;
  /** The call it made and has not seen answered, 0 if none. */
  call: number;
  /** The call in its registers when it was last seen waiting: the stage it waits at. */
  stage: number;
  /** The object that the call is about, and its generation: what checks need of the arguments. */
  object: number;
  objectGeneration: number;
  /** Whether it held that mutex before the call. */
  isHolder: boolean;
  /** Message it sent with the call, and the one it received last. */
  sent: number;
  received: number;
  /** The message area of its space's memory that is its own, or -1. */
  area: number;
  /** Whether the call receives into its area. */
  isLong: boolean;
  /** Whether the call receives from anybody. */
  isOpen: boolean;
  /** The event in which it made its call. */
  calledAt: number;
  /** When a sleep that it asked for is over. */
  sleepsUntilNs: number;
  /** How many threads had gone when it made its call. */
  goneAt: number;
  /** When it queued as a sender, and where; 0 if it does not. */
  queuedAt: number;
  queuedOn: number;
  /** Calls to make in this order, and what to do once they went well. */
  script: Script | undefined;
  isSupervisor: boolean;
}

export interface Script {
  readonly steps: Step[];
  next: number;
  /** Row and mind of the thread whose state is out, from `setState` on the mind of its successor. */
  readonly subject: Mind | undefined;
  readonly subjectRow: number;
}

export function createMind(generation: number, space: number): Mind {
  return {
    generation,
    space,
    call: 0,
    stage: 0,
    object: 0,
    objectGeneration: 0,
    isHolder: false,
    sent: 0,
    received: 0,
    area: -1,
    isLong: false,
    isOpen: false,
    calledAt: 0,
    sleepsUntilNs: 0,
    goneAt: 0,
    queuedAt: 0,
    queuedOn: 0,
    script: undefined,
    isSupervisor: false,
  };
}
