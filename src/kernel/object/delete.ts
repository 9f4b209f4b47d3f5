// Deleting a capability, in bounded steps: its children go to its parent, and if it is the last name
// of an object that lives by being named, the object is taken apart first.
import { Kind, revokeStepCount, ThreadState } from "../../abi/index.ts";
import { adoptChild, clearCapability, kindOf, namesLiveObject, objectOf } from "../capability.ts";
import { Capability, capabilityShift, Reply, replyShift, Thread, threadShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { classOf, capabilityCountOf, livesByName } from "./object.ts";
import { isOnlyNamed } from "./reply.ts";

/** One step of deleting; true when the slot is empty. */
export function deleteStep(k: Kernel, row: number): boolean {
  const parent = k.capabilities[(row << capabilityShift) + Capability.parent]!;
  for (let n = 0; n < revokeStepCount; n++) {
    if (adoptChild(k, row, parent)) continue;
    const isLast = isLastName(k, row);
    if (isLast && !classOf(kindOf(k, row)).destroyStep(k, objectOf(k, row))) return false;
    // A thread that waited to answer through this very slot gave it up when it was sent away.
    const isGivenUp = isLast && k.capabilities[(row << capabilityShift) + Capability.header] === 0;
    if (!isGivenUp) clearCapability(k, row);
    return true;
  }
  return false;
}

/** A thread that has exited is kept for those who name it, and goes with the last of them. */
function isLastNameOfExited(k: Kernel, row: number): boolean {
  if (!namesLiveObject(k, row)) return false;
  const thread = objectOf(k, row);
  const state = k.threads[(thread << threadShift) + Thread.state];
  return state === ThreadState.exited && capabilityCountOf(k, Kind.thread, thread) === 1;
}

/** Whether the object that a capability names ends with it. */
export function isLastName(k: Kernel, row: number): boolean {
  const kind = kindOf(k, row);
  if (kind === Kind.thread) return isLastNameOfExited(k, row);
  if (!livesByName(kind) || !namesLiveObject(k, row)) return false;
  if (capabilityCountOf(k, kind, objectOf(k, row)) !== 1) return false;
  if (kind !== Kind.reply) return true;
  // A reply that was answered meanwhile has nobody left to tell, and one that a thread owes is alive.
  const reply = objectOf(k, row);
  return k.replies[(reply << replyShift) + Reply.armed] === 1 && isOnlyNamed(k, reply);
}
