// The long message that nearly all long messages are: one direct string, small enough for one step,
// from a descriptor that says nothing else to one that offers nothing else. The fast path copies it
// without a plan. It adds no behaviour: whatever is not plainly such a message is left to `makePlan`,
// and this leaves bytes and counts as that does.
import {
  communicationAddress,
  copyStepBytes,
  Descriptor,
  descriptorWords,
  messageBytesMax,
} from "../../abi/index.ts";
import type { Kernel } from "../kernel.ts";

//
// Addresses are compared as signed words, which is what the engine computes with at no cost: what lies
// above 2 GiB and not in the communication area is left to the plan, too.

// Copies of imported constants, which V8 folds only when they are a module's own (see fastpath.ts).
const areaAddress = communicationAddress | 0;
const words = descriptorWords;
const stepBytes = copyStepBytes;
const bytesMax = messageBytesMax;
const wordCount = Descriptor.wordCount;
const directBytes = Descriptor.directBytes;
const directAddress = Descriptor.directAddress;
const indirectCount = Descriptor.indirectCount;
const capabilityCount = Descriptor.capabilityCount;
const regionCount = Descriptor.regionCount;

/**
 * Copies the message and tells the receiver what came; or answers false, and nothing has changed. It
 * is the last check before a commit line: once the bytes are over, the message is.
 */
export function copyDirect(
  k: Kernel,
  fromSpace: number,
  fromDescriptor: number,
  toSpace: number,
  toDescriptor: number,
): boolean {
  if (k.memories.deliver?.(fromSpace, fromDescriptor, toSpace, toDescriptor)) return true;
  if (toDescriptor === 0) return false;
  const target = k.memories.words?.(toSpace, toDescriptor < 0);
  if (target === undefined) return false;
  const to = directIndex(target, toDescriptor);
  if (to < 0) return false;
  const room = target[to + directBytes]!;
  const targetAddress = target[to + directAddress]!;
  if (room < 0 || room > bytesMax) return false;
  if (!isInside(k, target, toSpace, toDescriptor, targetAddress, room)) return false;
  let bytes = 0;
  if (fromDescriptor !== 0) {
    const source = k.memories.words?.(fromSpace, fromDescriptor < 0);
    if (source === undefined) return false;
    const from = directIndex(source, fromDescriptor);
    if (from < 0) return false;
    bytes = source[from + directBytes]!;
    const sourceAddress = source[from + directAddress]!;
    if (bytes < 0 || bytes > room || bytes > stepBytes) return false;
    if (!isInside(k, source, fromSpace, fromDescriptor, sourceAddress, bytes)) return false;
    if (bytes > 0) k.memories.copy(fromSpace, sourceAddress, toSpace, targetAddress, bytes);
  }
  // The bytes may lie over the descriptor, and the counts are what holds.
  target[to + wordCount] = 0;
  target[to + directBytes] = bytes;
  target[to + indirectCount] = 0;
  target[to + capabilityCount] = 0;
  target[to + regionCount] = 0;
  return true;
}

/** Whether a descriptor to receive with offers room for one direct string and nothing else. */
export function isDirect(k: Kernel, space: number, descriptor: number): boolean {
  const view = k.memories.words?.(space, descriptor < 0);
  if (view === undefined) return false;
  const at = directIndex(view, descriptor);
  if (at < 0) return false;
  const room = view[at + directBytes]!;
  if (room < 0 || room > bytesMax) return false;
  return isInside(k, view, space, descriptor, view[at + directAddress]!, room);
}

/**
 * Whether a buffer lies in a space. The view in which its descriptor was found covers the space's
 * memory, unless the descriptor is in the communication area; only past it has the memory to be asked.
 * Counted in whole words with two to spare, which no sum of signed words overflows.
 */
function isInside(
  k: Kernel,
  view: Int32Array,
  space: number,
  descriptor: number,
  address: number,
  bytes: number,
): boolean {
  const isNear = (address >> 2) + (bytes >> 2) + 2 <= view.length;
  if (isNear && address >= 0 && descriptor >= 0) return true;
  return k.memories.contains(space, address >>> 0, bytes);
}

/** Where a descriptor stands in a view, or -1 if it is not plainly that of one direct string. */
function directIndex(view: Int32Array, descriptor: number): number {
  const address = descriptor < 0 ? descriptor - areaAddress : descriptor;
  const at = address >> 2;
  if ((address & 3) !== 0 || at < 0 || at + words > view.length) return -1;
  const others =
    view[at + wordCount]! |
    view[at + indirectCount]! |
    view[at + capabilityCount]! |
    view[at + regionCount]!;
  return others === 0 ? at : -1;
}
