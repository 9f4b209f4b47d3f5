// Long messages: reading and checking descriptors, and copying what they describe, once, from the
// sender's memory to the receiver's (L3, section 5.2.3). Sender and receiver use one layout.
//
// A plan is made above the commit line from both descriptors: runs of bytes from here to there, then
// capabilities and regions. It is made anew for every step of a long copy, so that a step never
// trusts what a program may have changed meanwhile; the threads keep only how many bytes are over.
import {
  copyStepBytes,
  Descriptor,
  descriptorBytes,
  indirectStringsMax,
  Kind,
  messageBytesMax,
  messageCapabilitiesMax,
  messageExtraWordsMax,
  messageRegionsMax,
  moveFlag,
  Right,
  Status,
} from "../../abi/index.ts";
import { assert } from "../../base/index.ts";
import {
  deriveCapability,
  badgeOf,
  kindOf,
  moveCapability,
  namesLiveObject,
  objectOf,
  reserveSlot,
  rightsOf,
  slotRow,
} from "../capability.ts";
import { Capability, capabilityShift, Space, spaceShift } from "../layout.ts";
import { type Plan, runWords, type Side } from "./plan.ts";
import { eventWaits, type Kernel } from "../kernel.ts";
import { bytesOf as regionBytes } from "../object/region.ts";

/** Whether [address, address + bytes) lies in a memory. */
export function isInside(k: Kernel, handle: number, address: number, bytes: number): boolean {
  return bytes >= 0 && k.memories.contains(handle, address >>> 0, bytes);
}

function isAligned(address: number): boolean {
  return (address & 3) === 0;
}

/** Checks a descriptor's own place, and every buffer and count in it. Answers a status. */
export function checkDescriptor(k: Kernel, side: Side): number {
  const { space, descriptor: at } = side;
  if (!isAligned(at) || !isInside(k, space, at, descriptorBytes)) return Status.badAddress;
  const words = load(k, side, Descriptor.wordCount);
  const indirect = load(k, side, Descriptor.indirectCount);
  const capabilities = load(k, side, Descriptor.capabilityCount);
  const regions = load(k, side, Descriptor.regionCount);
  const isSane =
    isCount(words, messageExtraWordsMax) &&
    isCount(indirect, indirectStringsMax) &&
    isCount(capabilities, messageCapabilitiesMax) &&
    isCount(regions, messageRegionsMax) &&
    isCount(load(k, side, Descriptor.directBytes), messageBytesMax);
  if (!isSane) return Status.badArgument;
  const isMapped =
    isWordBuffer(k, side, Descriptor.wordAddress, words) &&
    isWordBuffer(k, side, Descriptor.indirectAddress, indirect * 2) &&
    isWordBuffer(k, side, Descriptor.capabilityAddress, capabilities) &&
    isWordBuffer(k, side, Descriptor.regionAddress, regions * 2) &&
    isInside(
      k,
      space,
      load(k, side, Descriptor.directAddress),
      load(k, side, Descriptor.directBytes),
    );
  return isMapped ? checkIndirect(k, side, indirect) : Status.badAddress;
}

function isCount(count: number, max: number): boolean {
  return count >= 0 && count <= max;
}

function isWordBuffer(k: Kernel, side: Side, addressWord: number, words: number): boolean {
  if (words === 0) return true;
  const address = load(k, side, addressWord);
  return isAligned(address) && isInside(k, side.space, address, words * 4);
}

function checkIndirect(k: Kernel, side: Side, count: number): number {
  let bytes = load(k, side, Descriptor.directBytes);
  for (let i = 0; i < count; i++) {
    const size = indirectBytes(k, side, i);
    if (!isCount(size, messageBytesMax)) return Status.badArgument;
    if (!isInside(k, side.space, indirectAddress(k, side, i), size)) return Status.badAddress;
    bytes += size;
  }
  return bytes <= messageBytesMax ? Status.ok : Status.badArgument;
}

function load(k: Kernel, side: Side, word: number): number {
  return k.memories.load(side.space, side.descriptor + word * 4);
}

function store(k: Kernel, side: Side, word: number, value: number): void {
  k.memories.store(side.space, side.descriptor + word * 4, value);
}

function indirectAddress(k: Kernel, side: Side, i: number): number {
  return k.memories.load(side.space, load(k, side, Descriptor.indirectAddress) + i * 8);
}

function indirectBytes(k: Kernel, side: Side, i: number): number {
  return k.memories.load(side.space, load(k, side, Descriptor.indirectAddress) + i * 8 + 4);
}

/**
 * Checks both sides and lays out the copy in `plan`, whose sides the caller has set. Answers a
 * status; `plan.isReceiverFault` tells whose fault a refusal is. Changes nothing else.
 */
export function makePlan(k: Kernel): number {
  const { from, to } = k.plan;
  k.plan.runCount = 0;
  k.plan.bytes = 0;
  k.plan.passCount = 0;
  k.plan.filledCount = 0;
  k.plan.isReceiverFault = false;
  if (from.descriptor === 0) return checkReceiver(k);
  const status = checkDescriptor(k, from);
  if (status !== Status.ok) return status;
  if (to.descriptor === 0) return isEmpty(k, from) ? Status.ok : Status.messageTooLong;
  const receiver = checkReceiver(k);
  if (receiver !== Status.ok) return receiver;
  if (!fits(k)) return Status.messageTooLong;
  layOutRuns(k);
  for (let i = 0; i < countWords.length; i++) k.plan.counts[i] = load(k, from, countWords[i]!);
  k.plan.counts[1] = k.plan.filled[0]!;
  k.plan.counts[2] = k.plan.filledCount - 1;
  k.plan.indirectPlace = load(k, to, Descriptor.indirectAddress);
  k.plan.regionPlace = load(k, to, Descriptor.regionAddress);
  return checkCapabilities(k);
}

function checkReceiver(k: Kernel): number {
  if (k.plan.to.descriptor === 0) return Status.ok;
  const status = checkDescriptor(k, k.plan.to);
  k.plan.isReceiverFault = status !== Status.ok;
  return status;
}

const countWords = [
  Descriptor.wordCount,
  Descriptor.directBytes,
  Descriptor.indirectCount,
  Descriptor.capabilityCount,
  Descriptor.regionCount,
];

function isEmpty(k: Kernel, side: Side): boolean {
  return countWords.every((word) => load(k, side, word) === 0);
}

/** Words, capabilities and regions fit one by one; strings fit as one stream of bytes. */
function fits(k: Kernel): boolean {
  const { from, to } = k.plan;
  for (const word of [Descriptor.wordCount, Descriptor.capabilityCount, Descriptor.regionCount]) {
    if (load(k, from, word) > load(k, to, word)) return false;
  }
  return stringBytes(k, from) <= stringBytes(k, to);
}

function stringBytes(k: Kernel, side: Side): number {
  let bytes = load(k, side, Descriptor.directBytes);
  const count = load(k, side, Descriptor.indirectCount);
  for (let i = 0; i < count; i++) bytes += indirectBytes(k, side, i);
  return bytes;
}

function layOutRuns(k: Kernel): void {
  const { from, to } = k.plan;
  const words = load(k, from, Descriptor.wordCount);
  addRun(
    k.plan,
    load(k, from, Descriptor.wordAddress),
    load(k, to, Descriptor.wordAddress),
    words * 4,
  );
  k.plan.filledCount = 0;
  let target = 0;
  let filled = 0;
  const strings = 1 + load(k, from, Descriptor.indirectCount);
  for (let i = 0; i < strings; i++) {
    const bytes = stringSize(k, from, i);
    for (let done = 0; done < bytes;) {
      while (filled === stringSize(k, to, target)) {
        k.plan.filled[target++] = filled;
        filled = 0;
      }
      const step = Math.min(bytes - done, stringSize(k, to, target) - filled);
      addRun(k.plan, stringAt(k, from, i) + done, stringAt(k, to, target) + filled, step);
      done += step;
      filled += step;
    }
  }
  k.plan.filled[target] = filled;
  k.plan.filledCount = target + 1;
}

/** String 0 is the direct one, the others are the indirect ones. */
function stringSize(k: Kernel, side: Side, i: number): number {
  return i === 0 ? load(k, side, Descriptor.directBytes) : indirectBytes(k, side, i - 1);
}

function stringAt(k: Kernel, side: Side, i: number): number {
  return i === 0 ? load(k, side, Descriptor.directAddress) : indirectAddress(k, side, i - 1);
}

function addRun(plan: Plan, fromAddress: number, toAddress: number, bytes: number): void {
  if (bytes === 0) return;
  const at = plan.runCount++ * runWords;
  plan.runs[at] = fromAddress;
  plan.runs[at + 1] = toAddress;
  plan.runs[at + 2] = bytes;
  plan.bytes += bytes;
}

/**
 * Every capability sent exists and may be passed on, and has a free slot to go to. What was checked
 * is what will be passed: the copy may overwrite the lists it was read from.
 */
function checkCapabilities(k: Kernel): number {
  const { from, to, sent, slots } = k.plan;
  const count = load(k, from, Descriptor.capabilityCount);
  const total = count + load(k, from, Descriptor.regionCount);
  k.plan.capabilityCount = count;
  k.plan.passCount = total;
  if (total === 0) return Status.ok;
  if (!k.plan.mayGrant) return Status.noRight;
  const base = to.space << spaceShift;
  const room = k.spaces[base + Space.slotLimit]! - k.spaces[base + Space.slotCount]!;
  if (total > room) return receiverFault(k, Status.outOfObjects);
  for (let i = 0; i < total; i++) {
    sent[i] = i < count ? capabilitySlot(k, from, i) : regionSlot(k, from, i - count);
    slots[i] = i < count ? capabilitySlot(k, to, i) : regionSlot(k, to, i - count);
    const status = checkOne(k, sent[i]!, slots[i]!, i < count ? Kind.none : Kind.region);
    if (status !== Status.ok) return status;
  }
  return checkDistinct(k);
}

/** Two capabilities cannot go to one slot, nor one be moved twice. */
function checkDistinct(k: Kernel): number {
  const { sent, slots, passCount } = k.plan;
  for (let i = 0; i < passCount; i++) {
    for (let j = 0; j < i; j++) {
      if (slots[i] === slots[j]) return receiverFault(k, Status.badArgument);
      const isMoved = ((sent[i]! | sent[j]!) & moveFlag) !== 0;
      if (isMoved && ((sent[i]! ^ sent[j]!) & ~moveFlag) === 0) return Status.badArgument;
    }
  }
  return Status.ok;
}

function receiverFault(k: Kernel, status: number): number {
  k.plan.isReceiverFault = true;
  return status;
}

function checkOne(k: Kernel, sent: number, slot: number, kind: number): number {
  const row = slotRow(k, k.plan.from.space, sent & ~moveFlag);
  const base = row << capabilityShift;
  const header = k.capabilities[base + Capability.header]!;
  if (row === 0 || header === 0 || !namesLiveObject(k, row)) return Status.badCapability;
  if (kind !== Kind.none && kindOf(k, row) !== kind) return Status.badCapability;
  if ((rightsOf(k, row) & Right.derive) === 0) return Status.noRight;
  const isMove = (sent & moveFlag) !== 0;
  if (isMove && k.capabilities[base + Capability.firstChild] !== 0) return Status.badArgument;
  const status = reserveSlot(k, k.plan.to.space, slot);
  return status === Status.ok ? status : receiverFault(k, status);
}

function capabilitySlot(k: Kernel, side: Side, i: number): number {
  return k.memories.load(side.space, load(k, side, Descriptor.capabilityAddress) + i * 4);
}

function regionSlot(k: Kernel, side: Side, i: number): number {
  return k.memories.load(side.space, load(k, side, Descriptor.regionAddress) + i * 8);
}

/**
 * Copies from `progress` on. Answers how many bytes are over: all of them (`plan.bytes`), or fewer
 * where an event waits and the copy may stop.
 */
export function copyRuns(k: Kernel, progress: number, mayStop: boolean): number {
  // A program that changes its descriptor under a copy starts the copy anew.
  let skip = progress > k.plan.bytes ? 0 : progress;
  let done = skip;
  for (let run = 0; run < k.plan.runCount; run++) {
    const at = run * runWords;
    const bytes = k.plan.runs[at + 2]!;
    let offset = Math.min(skip, bytes);
    skip -= offset;
    while (offset < bytes) {
      const step = mayStop ? Math.min(copyStepBytes, bytes - offset) : bytes - offset;
      k.memories.copy(
        k.plan.from.space,
        k.plan.runs[at]! + offset,
        k.plan.to.space,
        k.plan.runs[at + 1]! + offset,
        step,
      );
      offset += step;
      done += step;
      if (mayStop && done < k.plan.bytes && eventWaits(k, true)) return done;
    }
  }
  assert(done === k.plan.bytes, "a copy that does not stop is complete", done, k.plan.bytes);
  return done;
}

/**
 * Passes capabilities and regions, and tells the receiver what came. Cannot fail. Counts and places
 * come from the plan: the bytes just copied may lie over the descriptor they were read from.
 */
export function finishPlan(k: Kernel): void {
  const { from, to, counts } = k.plan;
  if (to.descriptor === 0) return;
  if (from.descriptor === 0) {
    for (const word of countWords) store(k, to, word, 0);
    return;
  }
  for (let i = 0; i < k.plan.passCount; i++) passOne(k, i);
  for (let i = 1; i < k.plan.filledCount; i++) {
    k.memories.store(to.space, k.plan.indirectPlace + i * 8 - 4, k.plan.filled[i]!);
  }
  for (let i = 0; i < countWords.length; i++) store(k, to, countWords[i]!, counts[i]!);
}

function passOne(k: Kernel, i: number): void {
  const { from, to, sent, slots, capabilityCount } = k.plan;
  const row = slotRow(k, from.space, sent[i]! & ~moveFlag);
  const object = objectOf(k, row);
  const change = { rights: rightsOf(k, row), badge: badgeOf(k, row) };
  if ((sent[i]! & moveFlag) !== 0) moveCapability(k, row, to.space, slots[i]!);
  else deriveCapability(k, row, to.space, slots[i]!, change);
  if (i < capabilityCount) return;
  const place = k.plan.regionPlace + (i - capabilityCount) * 8 + 4;
  k.memories.store(to.space, place, regionBytes(k, object));
}
