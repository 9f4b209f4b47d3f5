// Processes that are joined by pipes and come back together: none of them goes live before all have used up
// their logs, since only then it is known what is in the pipes between them.
import type { PipeEndState } from "./pipe-flows.ts";

/** The others, as the door of one of them sees them. */
export interface Joined {
  /** The process has used up its log. What it says last, before all have, counts. */
  arrived(ends: readonly PipeEndState[]): void;
  readonly isComplete: boolean;
  /** Why they cannot go on together, once they are complete. */
  readonly failure: string | undefined;
  /** Calls back when all have arrived. */
  whenComplete(then: () => void): void;
}
