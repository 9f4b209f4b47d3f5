// A message carried by a module of two memories is the message that the kernel would have copied, or is
// left to the kernel untouched: for descriptors at and over every edge, and after a memory has grown.
import { describe, expect, it } from "vitest";
import {
  communicationAddress,
  copyStepBytes,
  Descriptor,
  descriptorBytes,
  descriptorWords,
  messageBytesMax,
} from "../abi/index.ts";
import { Random } from "../base/random.ts";
import type { Kernel } from "../kernel/index.ts";
import { copyDirect } from "../kernel/ipc/direct-copy.ts";
import { SpaceMemories } from "./memories.ts";
import type { Memories } from "./process.ts";

const pageBytes = 65536;
const sender = 1;
const receiver = 2;
/** Where both have their descriptor, where there is no other. */
const place = 128;

/** Two spaces and their memories; after some messages the pair has its module. */
class Post {
  readonly memories = new SpaceMemories();
  readonly linear: readonly WebAssembly.Memory[];

  constructor(make = (initial: number) => new WebAssembly.Memory({ initial })) {
    this.linear = [make(1), make(2)];
    this.memories.attach(sender, this.linear[0]!);
    this.memories.attach(receiver, this.linear[1]!);
    this.warm();
  }

  warm(): void {
    for (let i = 0; i < 8; i++) {
      this.memories.copy(sender, 0, receiver, 0, 4);
      this.memories.copy(sender, 0, sender, 0, 4);
    }
  }

  bytes(space: number): Uint8Array {
    return this.memories.bytes(space);
  }

  words(space: number): Int32Array {
    return this.memories.wordsUpTo(space, Infinity);
  }

  /** Writes a descriptor of one direct string. */
  describe(space: number, address: number, bytes: number): void {
    const words = this.words(space).subarray(place >> 2, (place >> 2) + descriptorWords);
    words.fill(0);
    words[Descriptor.directAddress] = address;
    words[Descriptor.directBytes] = bytes;
  }

  /** From one descriptor that was written so to the other. */
  send(): boolean {
    return this.memories.deliver(sender, place, receiver, place);
  }

  /** As the kernel copies where memories do not deliver. */
  copyByKernel(from: number, fromDescriptor: number, to: number, toDescriptor: number): boolean {
    const { memories } = this;
    const plain: Memories = {
      contains: (...range) => memories.contains(...range),
      load: (...place) => memories.load(...place),
      store: (...place) => memories.store(...place),
      words: (...place) => memories.words(...place),
      copy: (...range) => memories.copy(...range),
      createRegion: () => false,
      release: () => {},
    };
    // Nothing else of a kernel is looked at.
    return copyDirect({ memories: plain } as Kernel, from, fromDescriptor, to, toDescriptor);
  }
}

interface Letter {
  readonly from: number;
  readonly to: number;
  readonly sent: number;
  readonly room: number;
  /** Addresses that it names. */
  readonly addresses: readonly number[];
  /** Words to write before: space, word, value. */
  readonly words: readonly (readonly [space: number, word: number, value: number])[];
}

const edges = [
  0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 100, 4096,
];
const lengths = [...edges, ...edges, copyStepBytes, copyStepBytes + 1];
const rareLengths = [messageBytesMax, messageBytesMax + 1, -1, 0x7fff_ffff, -0x8000_0000];
const rareAddresses = [0x7fff_fffc, -0x8000_0000, -4, communicationAddress | 0, -1, 2];

function randomLetter(random: Random, post: Post): Letter {
  const isOwn = random.chance(1, 3);
  const from = sender;
  const to = isOwn ? sender : receiver;
  const words: [number, number, number][] = [];
  const addresses: number[] = [];
  const descriptor = (space: number, usual: number): number => {
    const memoryBytes = post.bytes(space).length;
    const at = random.chance(1, 8)
      ? random.pick([
          memoryBytes - descriptorBytes,
          memoryBytes - 40,
          memoryBytes,
          ...rareAddresses,
          0,
        ])
      : usual;
    const length = random.chance(1, 12) ? random.pick(rareLengths) : random.pick(lengths);
    const near = random.pick([at, at + 8, at - 8, 1024, 1040, 1024 + random.below(100)]);
    const isNear = random.chance(5, 6);
    const address = isNear
      ? near
      : random.pick([memoryBytes - length, memoryBytes - length + 1, ...rareAddresses]);
    addresses.push(at, address);
    const start = at >>> 2;
    const put = (word: number, value: number): void => {
      if (at >= 0 && at + word * 4 < memoryBytes) words.push([space, start + word, value]);
    };
    for (let word = 0; word < descriptorWords; word++) put(word, 0);
    put(Descriptor.directAddress, address);
    put(Descriptor.directBytes, length);
    if (random.chance(1, 10)) put(2 * random.below(5), random.below(2));
    return at;
  };
  const room = descriptor(to, random.pick([128, 512]));
  const sent = random.chance(1, 10) ? 0 : descriptor(from, random.pick([256, 512]));
  return { from, to, sent, room, addresses, words };
}

/** What a page of each space is full of. */
const patterns = [0, sender, receiver].map((space) =>
  Int32Array.from({ length: 16384 }, (_, i) => Math.imul(i + space, 0x9e37_79b1)),
);

function prepare(post: Post, { words }: Letter): void {
  for (const space of [sender, receiver]) {
    const words = post.words(space);
    const pattern = patterns[space]!;
    for (let at = 0; at < words.length; at += pattern.length) words.set(pattern, at);
  }
  for (const [space, word, value] of words) post.words(space)[word] = value;
}

/** Whether something about a letter lies above 2 GiB, where only the kernel looks. */
function hasHigh({ addresses }: Letter): boolean {
  return addresses.some((address) => address < 0);
}

describe("a message delivered by a module of two memories", () => {
  it.each([1, 2, 3])("is what the kernel would have copied, or nothing (seed %i)", (seed) => {
    const random = new Random(seed, "letters");
    const [delivered, copied] = [new Post(), new Post()];
    const seen = { delivered: 0, refused: 0 };
    for (let i = 0; i < 1500; i++) {
      if (i === 1000)
        for (const { linear } of [delivered, copied]) linear.forEach((m) => m.grow(1));
      const letter = randomLetter(random, delivered);
      const { from, to, sent, room } = letter;
      prepare(delivered, letter);
      const before = [sender, receiver].map((space) => delivered.bytes(space).slice());
      const isDelivered = delivered.memories.deliver(from, sent, to, room);
      prepare(copied, letter);
      const isCopied = copied.copyByKernel(from, sent, to, room);
      if (!isDelivered) {
        seen.refused++;
        if (!hasHigh(letter)) expect(isCopied).toBe(false);
        expect(same(delivered, before)).toBe(true);
        continue;
      }
      seen.delivered++;
      expect(isCopied).toBe(true);
      expect(same(delivered, [copied.bytes(sender), copied.bytes(receiver)])).toBe(true);
    }
    expect(Math.min(seen.delivered, seen.refused)).toBeGreaterThan(250);
  });

  it("may end above 2 GiB, but not begin there", () => {
    const twoGiB = 0x8000_0000;
    const post = new Post(() => new WebAssembly.Memory({ initial: twoGiB / pageBytes + 1 }));
    post.describe(sender, 1024, 64);
    post.describe(receiver, twoGiB - 8, 64);
    post.bytes(sender).fill(7, 1024, 1088);
    expect(post.send()).toBe(true);
    const around = post.bytes(receiver).subarray(twoGiB - 9, twoGiB + 57);
    expect([...around]).toEqual([0, ...Array<number>(64).fill(7), 0]);
    post.describe(receiver, 0, messageBytesMax);
    expect(post.send()).toBe(true);
    post.describe(receiver, 0, messageBytesMax + 1);
    expect(post.send()).toBe(false);
    post.describe(receiver, twoGiB | 0, 64);
    expect(post.send()).toBe(false);
  });

  it("goes to the memory that a space has now, and nowhere when it is gone", () => {
    const post = new Post();
    post.describe(sender, 1024, 4);
    post.describe(receiver, 1024, 64);
    expect(post.send()).toBe(true);
    const next = new WebAssembly.Memory({ initial: 1 });
    post.memories.attach(receiver, next);
    expect(post.send()).toBe(false);
    post.warm();
    post.describe(receiver, 2048, 64);
    post.words(sender)[1024 / 4] = 5;
    expect(post.send()).toBe(true);
    expect(new Int32Array(next.buffer)[2048 / 4]).toBe(5);
    post.memories.release(receiver);
    expect(post.send()).toBe(false);
  });

  it("is the kernel's to copy if a memory has addresses of 64 bits", () => {
    // The types of the platform do not know the option yet.
    const wide = { initial: 1n, maximum: 2n, address: "i64" } as unknown;
    const post = new Post(() => new WebAssembly.Memory(wide as WebAssembly.MemoryDescriptor));
    post.describe(sender, 1024, 4);
    post.describe(receiver, 1024, 64);
    expect(post.send()).toBe(false);
    expect(post.copyByKernel(sender, place, receiver, place)).toBe(true);
  });
});

function same(post: Post, expected: readonly Uint8Array[]): boolean {
  return expected.every((bytes, i) => Buffer.compare(bytes, post.bytes(sender + i)) === 0);
}
