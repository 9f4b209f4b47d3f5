// The threads of a process that makes calls for others: each has a notification by which it is woken.
import { Kind } from "../../abi/index.ts";
import { createObject, grant, startThread } from "../../kernel/index.ts";
import type { ThreadParts } from "../../process/index.ts";
import type { CoreLoop } from "../core.ts";

/** Makes one, in `slot` of its space, with its notification in the next. */
export function makeClientThread(core: CoreLoop, space: number, slot: number): ThreadParts {
  const { kernel } = core;
  const notification = createObject(kernel, Kind.notification, space);
  const thread = createObject(kernel, Kind.thread, space);
  grant(kernel, space, slot, { kind: Kind.thread, row: thread });
  grant(kernel, space, slot + 1, { kind: Kind.notification, row: notification });
  return {
    wake: () => core.raise(notification, 1),
    start(runner) {
      core.setRunner(thread, runner);
      // It may be a thread of the same process that asks for another.
      core.machine.post(() => startThread(kernel, thread));
    },
  };
}
