// One copy switched off: every byte of a message goes into a buffer of the kernel and out of it
// again, as in a system that buffers. Both copies are made in the fastest way there is.
import { createRootSpace } from "../../src/kernel/index.ts";
import type { Rig } from "./rig.ts";

const bufferPages = 16;

export function switchOffOneCopy({ core }: Rig): void {
  const { memories } = core;
  const buffer = createRootSpace(core.kernel);
  memories.attach(buffer, new WebAssembly.Memory({ initial: bufferPages, maximum: bufferPages }));
  const once = memories.copy.bind(memories);
  memories.copy = (from, fromAddress, to, toAddress, bytes) => {
    once(from, fromAddress, buffer, 0, bytes);
    once(buffer, 0, to, toAddress, bytes);
  };
}
