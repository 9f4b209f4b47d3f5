// Long messages of the workload. Every mind has an area of its space's memory for what it sends and
// what it receives; the bytes that it sends are decided by the message's number, so that the receiver
// can tell whether they came unchanged. Hostile descriptors lie in the scratch part of the memory.
import { Descriptor, Kind, Register } from "../../src/abi/index.ts";
import { wordOf } from "../check/messages.ts";
import { promise } from "../failure.ts";
import { areaBytes, memoryBytes, scratchBytes } from "../memory.ts";
import type { Mind } from "../mind.ts";
import { areaOf, freeSlot, slotOfKind, type World } from "../world.ts";
import { hostileWord } from "./hostile.ts";

/** Places within an area. */
const place = {
  sendDescriptor: 0,
  receiveDescriptor: 0x40,
  sendCapabilities: 0x80,
  receiveCapabilities: 0xa0,
  sendRegions: 0xc0,
  receiveRegions: 0xe0,
  sendIndirect: 0x100,
  receiveIndirect: 0x140,
  sendWords: 0x200,
  receiveWords: 0x300,
  sendDirect: 0x400,
  receiveDirect: 0x5400,
  sendString: 0xa400,
  receiveString: 0xa900,
  state: 0xae00,
} as const;

const directBytesMax = place.receiveDirect - place.sendDirect;
const stringBytesMax = place.receiveString - place.sendString;
const wordCountMax = (place.receiveWords - place.sendWords) >> 2;

function addressOf(area: number, offset: number): number {
  return scratchBytes + area * areaBytes + offset;
}

/** Where a script keeps the state that it carries. */
export function stateAddress(area: number): number {
  return addressOf(area, place.state);
}

/** Where the portals of a space receive long messages. */
export const portalDescriptor = addressOf(0, place.receiveDescriptor);

/** Gives the message in the registers a long part, or none. Answers the descriptor's address. */
export function composeLong(world: World, mind: Mind, message: number): number {
  const { random } = world;
  const draw = random.below(100);
  if (draw < 82) return 0;
  if (draw < 86) {
    world.messages.setStream(message, undefined);
    return composeHostile(world, mind);
  }
  const area = areaOf(world, mind);
  return area < 0 ? 0 : composeHonest(world, mind, area, message);
}

function composeHonest(world: World, mind: Mind, area: number, message: number): number {
  const { random } = world;
  const words = world.memories.wordsOf(mind.space);
  const isBig = random.chance(1, 3);
  const directBytes = (isBig ? 0x4000 + random.below(0x1000) : random.below(256)) & ~3;
  // Messages of one string and nothing else are common, and the kernel has a way of its own for them.
  const isPlain = random.chance(2, 5);
  const wordCount = isPlain ? 0 : random.below(wordCountMax);
  const stringBytes = random.below(stringBytesMax);
  const indirectCount = isPlain ? 0 : random.below(2);
  const direct = addressOf(area, place.sendDirect) >> 2;
  for (let i = 0; i < directBytes >> 2; i++) words[direct + i] = wordOf(message, 100 + i);
  const extra = addressOf(area, place.sendWords) >> 2;
  for (let i = 0; i < wordCount; i++) words[extra + i] = wordOf(message, 50_000 + i);
  const pair = addressOf(area, place.sendIndirect) >> 2;
  words[pair] = addressOf(area, place.sendString);
  words[pair + 1] = stringBytes;
  const descriptor = addressOf(area, place.sendDescriptor);
  fillDescriptor(words, descriptor, [
    [wordCount, addressOf(area, place.sendWords)],
    [directBytes, addressOf(area, place.sendDirect)],
    [indirectCount, addressOf(area, place.sendIndirect)],
    [isPlain ? 0 : composeCapabilities(world, mind, area), addressOf(area, place.sendCapabilities)],
    [isPlain ? 0 : composeRegion(world, mind, area), addressOf(area, place.sendRegions)],
  ]);
  const bytes = directBytes + indirectCount * stringBytes;
  world.messages.setStream(message, { wordCount, knownBytes: directBytes, bytes });
  return descriptor;
}

function composeCapabilities(world: World, mind: Mind, area: number): number {
  const { random } = world;
  if (random.chance(2, 3)) return 0;
  const words = world.memories.wordsOf(mind.space);
  const at = addressOf(area, place.sendCapabilities) >> 2;
  const count = 1 + random.below(3);
  for (let i = 0; i < count; i++) {
    const isMove = random.chance(1, 4);
    words[at + i] = slotOfKind(world, mind.space, 0) | (isMove ? 0x4000_0000 : 0);
  }
  return count;
}

function composeRegion(world: World, mind: Mind, area: number): number {
  const slot = world.random.chance(1, 8) ? slotOfKind(world, mind.space, Kind.region) : 0;
  world.memories.wordsOf(mind.space)[addressOf(area, place.sendRegions) >> 2] = slot;
  return slot === 0 ? 0 : 1;
}

/** Makes room to receive a long message, or none. Answers the descriptor's address. */
export function makeRoom(world: World, mind: Mind): number {
  mind.isLong = false;
  if (world.random.chance(1, 2)) return 0;
  if (world.random.chance(1, 16)) return composeHostile(world, mind);
  const area = areaOf(world, mind);
  if (area < 0) return 0;
  mind.isLong = true;
  return makeRoomIn(world, mind.space, area);
}

export function makeRoomIn(world: World, space: number, area: number): number {
  const words = world.memories.wordsOf(space);
  const slots = addressOf(area, place.receiveCapabilities) >> 2;
  for (let i = 0; i < 4; i++) words[slots + i] = freeSlot(world, space);
  words[addressOf(area, place.receiveRegions) >> 2] = freeSlot(world, space);
  const pair = addressOf(area, place.receiveIndirect) >> 2;
  words[pair] = addressOf(area, place.receiveString);
  words[pair + 1] = stringBytesMax;
  const descriptor = addressOf(area, place.receiveDescriptor);
  const hasRoom = world.random.chance(7, 8);
  const more = world.random.chance(3, 5) ? 1 : 0;
  fillDescriptor(words, descriptor, [
    [more * wordCountMax, addressOf(area, place.receiveWords)],
    [hasRoom ? directBytesMax : 64, addressOf(area, place.receiveDirect)],
    [more, addressOf(area, place.receiveIndirect)],
    [more * 4, addressOf(area, place.receiveCapabilities)],
    [more, addressOf(area, place.receiveRegions)],
  ]);
  return descriptor;
}

/** Five pairs of a count and an address, in the order of the descriptor. */
function fillDescriptor(
  words: Int32Array,
  descriptor: number,
  pairs: readonly (readonly [number, number])[],
): void {
  const at = descriptor >> 2;
  pairs.forEach(([count, address], i) => {
    words[at + i * 2] = count;
    words[at + i * 2 + 1] = address;
  });
  words[at + Descriptor.reserved] = 0;
}

/** A descriptor of nonsense: at a bad address, or of random words over its own buffers. */
function composeHostile(world: World, mind: Mind): number {
  const { random } = world;
  if (random.chance(1, 3)) return hostileWord(world);
  const words = world.memories.wordsOf(mind.space);
  const descriptor = random.below((scratchBytes >> 2) - 64) << 2;
  for (let i = 0; i < 11; i++) {
    const isCount = i % 2 === 0;
    words[(descriptor >> 2) + i] = isCount ? random.below(6) : random.below(scratchBytes >> 2) << 2;
  }
  if (random.chance(1, 3)) words[(descriptor >> 2) + random.below(11)] = hostileWord(world);
  if (random.chance(1, 8)) words[(descriptor >> 2) + 1] = memoryBytes - 4;
  return descriptor;
}

/** A long message came into an area: its words and bytes are those of its number. */
export function checkLong(world: World, space: number, area: number, message: number): void {
  const stream = world.messages.streamOf(message);
  if (stream === undefined) return;
  const words = world.memories.wordsOf(space);
  const at = addressOf(area, place.receiveDescriptor) >> 2;
  const directBytes = words[at + Descriptor.directBytes];
  const isSplit = words[at + Descriptor.indirectCount] === 1;
  const stringBytes = isSplit ? words[(addressOf(area, place.receiveIndirect) >> 2) + 1] : 0;
  const wordCount = words[at + Descriptor.wordCount];
  promise(
    directBytes + stringBytes === stream.bytes && wordCount === stream.wordCount,
    () => `message ${message} came with ${directBytes} + ${stringBytes} of ${stream.bytes} bytes`,
  );
  const direct = addressOf(area, place.receiveDirect) >> 2;
  const directWords = Math.min(directBytes, stream.knownBytes) >> 2;
  checkWords(words, direct, directWords, { message, first: 100 });
  const string = addressOf(area, place.receiveString) >> 2;
  const stringWords = Math.max(0, stream.knownBytes - directBytes) >> 2;
  checkWords(words, string, stringWords, { message, first: 100 + directWords });
  const extra = addressOf(area, place.receiveWords) >> 2;
  checkWords(words, extra, wordCount, { message, first: 50_000 });
}

/** Looks at every eleventh word, and the last: a step that was left out is larger than that. */
function checkWords(
  words: Int32Array,
  at: number,
  count: number,
  of: { readonly message: number; readonly first: number },
): void {
  for (let i = 0; i < count; i = i + 11 < count || i === count - 1 ? i + 11 : count - 1) {
    promise(
      words[at + i] === wordOf(of.message, of.first + i),
      () => `word ${i} of the ${count} of message ${of.message} was changed on the way`,
    );
  }
}

/** Sets the registers for a message to send, and composes it. */
export function composeMessage(world: World, mind: Mind, answers: number): void {
  const { registers } = world.k;
  mind.sent = world.messages.compose(registers, mind, answers);
  registers[Register.a1] = composeLong(world, mind, mind.sent);
}
