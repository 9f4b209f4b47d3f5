// One copy switched off: every byte of a message goes into a buffer of the kernel and out of it
// again, as in a system that buffers. Both copies are made in the fastest way there is.
import { Descriptor } from "../../src/abi/index.ts";
import { createRootSpace } from "../../src/kernel/index.ts";
import type { Rig } from "./rig.ts";

const bufferPages = 16;
const descriptorAt = 0;
const bytesAt = 64;

export function switchOffOneCopy({ core }: Rig): void {
  const { memories } = core;
  const buffer = createRootSpace(core.kernel);
  const memory = new WebAssembly.Memory({ initial: bufferPages, maximum: bufferPages });
  memories.attach(buffer, memory);
  const copyOnce = memories.copy.bind(memories);
  memories.copy = (from, fromAddress, to, toAddress, bytes) => {
    copyOnce(from, fromAddress, buffer, bytesAt, bytes);
    copyOnce(buffer, bytesAt, to, toAddress, bytes);
  };
  const words = new Int32Array(memory.buffer);
  words[Descriptor.directAddress] = bytesAt;
  const deliverOnce = memories.deliver;
  // What a descriptor received with can be sent on in place.
  memories.deliver = (from, sent, to, room) => {
    words[Descriptor.directBytes] = memory.buffer.byteLength - bytesAt;
    return (
      deliverOnce(from, sent, buffer, descriptorAt) && deliverOnce(buffer, descriptorAt, to, room)
    );
  };
}
