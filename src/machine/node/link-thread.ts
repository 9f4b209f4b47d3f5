// Drives links in a thread that owes its event loop nothing: looks for lines, and when none has come for a while,
// blocks. Such a thread is woken in the time that Atomics.wait takes, and in no time at all while it looks.
import type { Carrier } from "../carrier.ts";
import type { Ending } from "../line.ts";

/** What is driven: the link that a carrier carries. */
export interface Driven {
  readonly carrier: Carrier;
  readonly ending: Ending | undefined;
  turn(linesMax: number): number;
  fallAsleep(): boolean;
  rise(): void;
  checkEnding(): void;
}

/** Lines handled before anything else is looked at. */
const linesPerTurn = 64;
/** How long a thread sleeps at a time that could not hear a ring: that needs an event loop with most carriers. */
const napMs = 1;
const nobody = new Int32Array(new SharedArrayBuffer(4));
/** How often a sleeper makes sure that the far side is still there, should nobody be able to tell. */
const checkMs = 500;

/** How long to look before blocking, and what came of it: `Optimism` of src/channel. */
export interface Bet {
  readonly looks: number;
  tell(isWon: boolean): void;
}

/** Handles what comes until a condition holds. */
export function driveUntil(link: Driven, isDone: () => boolean, bet: Bet): void {
  let left = bet.looks;
  let isLooking = false;
  while (!isDone()) {
    if (link.turn(linesPerTurn) > 0) {
      // A line that woke this thread was not won by looking.
      if (isLooking) bet.tell(true);
      isLooking = false;
      left = bet.looks;
    } else if (left > 0) {
      isLooking = true;
      left--;
    } else {
      bet.tell(false);
      block(link);
      isLooking = false;
      left = bet.looks;
    }
  }
}

function block(link: Driven): void {
  link.checkEnding();
  if (!link.fallAsleep()) return;
  if (link.carrier.wait !== undefined) link.carrier.wait(checkMs);
  else Atomics.wait(nobody, 0, 0, napMs);
  link.rise();
}
