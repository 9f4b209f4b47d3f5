// Why a call over a link came to nothing.
import { Ending } from "../machine/line.ts";

/** The far side is gone. Whether a call that was open was served, nobody knows. */
export class PeerLostError extends Error {
  override readonly name = "PeerLostError";
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(`there is no answer any more: ${reasons[ending]}`);
    this.ending = ending;
  }
}

/** The answer was not there in time. The server was told to give the call up. */
export class CallDeadlineError extends Error {
  override readonly name = "CallDeadlineError";
}

/** What stands in a line makes no sense. The far side is not to be trusted any further; this side goes on without it. */
export class LineError extends Error {
  override readonly name = "LineError";
}

const reasons: Readonly<Record<Ending, string>> = {
  [Ending.closed]: "the link was closed",
  [Ending.ended]: "the thread or process at the far side has ended",
  [Ending.cut]: "the way to the far side is cut",
  [Ending.broken]: "what the far side sent makes no sense, and the link was given up",
};
