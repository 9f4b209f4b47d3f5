// The plan of a long message: what `message.ts` lays out above the commit line and carries out below.
// A kernel has one, since it does one thing at a time; nothing of it outlives a call.
import { indirectStringsMax, messageCapabilitiesMax, messageRegionsMax } from "../../abi/index.ts";

/** One side of a long message: whose memory, and where its descriptor is (0: none). */
export interface Side {
  space: number;
  descriptor: number;
}

/** Words of a run: from address, to address, bytes. */
export const runWords = 3;

/** The words, and at most one run per end of a string on either side. */
const runsMax = 1 + 2 * (1 + indirectStringsMax);
const passMax = messageCapabilitiesMax + messageRegionsMax;

export interface Plan {
  readonly from: Side;
  readonly to: Side;
  readonly runs: Int32Array;
  runCount: number;
  bytes: number;
  /** Slots of capabilities, then of regions: from here to there. */
  readonly sent: Int32Array;
  readonly slots: Int32Array;
  capabilityCount: number;
  passCount: number;
  /** What the receiver is told: counts in the order of the descriptor, bytes in each of its strings. */
  readonly counts: Int32Array;
  readonly filled: Int32Array;
  filledCount: number;
  indirectPlace: number;
  regionPlace: number;
  /** Whether the sender's capability lets capabilities pass. */
  mayGrant: boolean;
  /** Whose fault a refusal is. */
  isReceiverFault: boolean;
}

export function createPlan(): Plan {
  return {
    from: { space: 0, descriptor: 0 },
    to: { space: 0, descriptor: 0 },
    runs: new Int32Array(runsMax * runWords),
    runCount: 0,
    bytes: 0,
    sent: new Int32Array(passMax),
    slots: new Int32Array(passMax),
    capabilityCount: 0,
    passCount: 0,
    counts: new Int32Array(5),
    filled: new Int32Array(1 + indirectStringsMax),
    filledCount: 0,
    indirectPlace: 0,
    regionPlace: 0,
    mayGrant: false,
    isReceiverFault: false,
  };
}
