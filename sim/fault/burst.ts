// A burst of capabilities, as a script: one thread derives so many from one that deleting the parent
// and revoking the rest take more than one step, between which a pending event is let in.
import { Register, revokeStepCount, Syscall } from "../../src/abi/index.ts";
import type { Mind, Step } from "../mind.ts";
import { slotOfKind, type World } from "../world.ts";

/** Slots that only bursts use, above those of round trips. */
const firstBurstSlot = 186;
const burst = revokeStepCount + 4;

function step(call: number, a0: number, a1 = 0): Step {
  return new Map<number, number>([
    [Register.call, call],
    [Register.a0, a0],
    [Register.a1, a1],
  ]);
}

export function startBurst(world: World, mind: Mind): void {
  const slot = slotOfKind(world, mind.space, 0);
  if (slot === 0) return;
  const steps = [
    step(Syscall.capabilityRevoke, slot),
    step(Syscall.capabilityCopy, slot, firstBurstSlot),
  ];
  for (let i = 1; i <= burst; i++) {
    steps.push(step(Syscall.capabilityCopy, firstBurstSlot, firstBurstSlot + i));
  }
  steps.push(step(Syscall.capabilityDelete, firstBurstSlot), step(Syscall.capabilityRevoke, slot));
  mind.script = { steps, next: 0, subject: undefined, subjectRow: 0 };
}
