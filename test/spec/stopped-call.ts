// A call whose stack is taken out at places on its way and put back, as data: into a fresh instance with
// the state of the old one, or, where others hold on to the old one, into the same.
import { readState, writeState } from "../../src/process/wasm/resume/index.ts";
import type { Member } from "./member.ts";
import type { Answer } from "./value.ts";

/** Larger states stay where they are: copying them at each stop would take all the time there is. */
const movedBytesMax = 16 * 1024 * 1024;

export function callToItsEnd(
  member: Member,
  first: () => Answer[],
  answersOfLast: (returned: unknown) => Answer[],
): Answer[] {
  let next = first;
  for (;;) {
    const { stack } = member;
    try {
      return next();
    } catch (thrown) {
      if (stack === undefined || !stack.isUnwinding(thrown)) throw thrown;
    }
    const frames = structuredClone(stack.take());
    const goOn = (moveToFresh(member) ?? stack).resume(frames);
    next = () => answersOfLast(goOn());
  }
}

/** What has the stacks of the fresh instance; undefined when the old one has to be kept. */
function moveToFresh(member: Member): Member["stack"] {
  const { stack, isHeld, make } = member;
  if (stack === undefined || isHeld || memoryBytes(member) > movedBytesMax) return undefined;
  const state = structuredClone(readState(stack.access));
  const fresh = make();
  member.instance = fresh.instance;
  member.stack = fresh.stack;
  if (fresh.stack !== undefined) writeState(fresh.stack.access, state);
  return fresh.stack;
}

function memoryBytes({ instance }: Member): number {
  return Object.values(instance.exports).reduce<number>((sum, one) => {
    return sum + (one instanceof WebAssembly.Memory ? one.buffer.byteLength : 0);
  }, 0);
}
