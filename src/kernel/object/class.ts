// The kinds of object by number: the one place that knows them all. Loading `handlers.ts` registers them.
import { Kind, type KindName } from "../../abi/index.ts";
import { conditionClass } from "./condition.ts";
import { endpointClass } from "./endpoint.ts";
import { endpointSetClass } from "./endpoint-set.ts";
import { futexQueueClass } from "./futex-queue.ts";
import { mutexClass } from "./mutex.ts";
import { notificationClass } from "./notification.ts";
import { type ObjectClass, registerClass } from "./object.ts";
import { regionClass } from "./region.ts";
import { replyClass } from "./reply.ts";
import { spaceClass } from "./space.ts";
import { threadClass } from "./thread.ts";
import { timerClass } from "./timer.ts";

const classes: Readonly<Record<KindName, ObjectClass>> = {
  space: spaceClass,
  thread: threadClass,
  endpoint: endpointClass,
  reply: replyClass,
  endpointSet: endpointSetClass,
  notification: notificationClass,
  region: regionClass,
  mutex: mutexClass,
  condition: conditionClass,
  futexQueue: futexQueueClass,
  timer: timerClass,
};

/** Registers every kind. A kind added to the ABI does not compile until it is here. */
export function registerClasses(): void {
  for (const [name, of] of Object.entries(classes)) registerClass(Kind[name as KindName], of);
}
