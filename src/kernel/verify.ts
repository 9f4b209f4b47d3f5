// Checks a whole kernel: every queue, count and link, and that nobody waits for what is there already.
// The simulator calls it after every event; tests call it when a scenario is over. It only reads, and
// every failure is an assertion failure that names the rows.
//
// It may be called between any two events, also while the fast path has portals unwritten: see
// `verify/written.ts`. It may not be called inside an event, where the kernel is between two states.
import type { Kernel } from "./kernel.ts";
import { verifyAnswers } from "./verify/answers.ts";
import { verifyCapabilities } from "./verify/capability-tree.ts";
import { verifyOwnership } from "./verify/ownership.ts";
import { verifyRunQueues, verifyWakeLists } from "./verify/run-queues.ts";
import { verifyWaitQueues } from "./verify/wait-queues.ts";
import { verifyPortalStack, writtenPart } from "./verify/written.ts";

export function verify(k: Kernel): void {
  const written = writtenPart(k);
  verifyPortalStack(k, written);
  verifyRunQueues(k, written);
  verifyWakeLists(k);
  verifyWaitQueues(k, written);
  verifyAnswers(k);
  verifyOwnership(k);
  verifyCapabilities(k);
}
