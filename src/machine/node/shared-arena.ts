// The memory that all cores of a Node machine map: one growable buffer, in which named allocations
// follow each other. Any core may allocate at any time without asking another one's event loop, so
// the directory is in the buffer too, under a lock:
//
//   word 0        lock: 0 when free, else the number of the holding core plus one
//   word 1        bytes in use; stored last, so that an allocation is there whole or not at all
//   line 1..      allocations: two lines of header (words, length of the name, the name), then lines
//
// Nothing is ever freed, so an offset stays good for the life of the machine.
import { assert } from "../../base/index.ts";

const lockWord = 0;
const usedWord = 1;
const lineBytes = 64;
const headerBytes = 2 * lineBytes;
const nameBytesMax = headerBytes - 8;
const growthBytes = 64 * 1024;
const lockWaitMsMax = 5000;

/** Thrown at boot when the named allocations do not fit any more. */
export class SharedMemoryFullError extends Error {
  override readonly name = "SharedMemoryFullError";
}

export function makeArenaBuffer(bytesMax: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(growthBytes, {
    maxByteLength: Math.max(bytesMax, growthBytes),
  });
  new Int32Array(buffer, 0, 2)[usedWord] = lineBytes;
  return buffer;
}

export class SharedArena {
  readonly buffer: SharedArrayBuffer;
  readonly #core: number;
  readonly #control: Int32Array<SharedArrayBuffer>;
  readonly #known = new Map<string, Int32Array<SharedArrayBuffer>>();

  constructor(buffer: SharedArrayBuffer, core: number) {
    this.buffer = buffer;
    this.#core = core;
    this.#control = new Int32Array(buffer, 0, 2);
  }

  lines(name: string, words: number): Int32Array<SharedArrayBuffer> {
    assert(Number.isSafeInteger(words) && words > 0, "shared lines have a size", words);
    let lines = this.#known.get(name);
    if (lines === undefined) {
      lines = this.#findOrMake(name, words);
      this.#known.set(name, lines);
    }
    assert(lines.length === words, "shared lines keep their size", lines.length, words);
    return lines;
  }

  /** Frees the lock if a core that no longer runs died holding it. */
  releaseFor(deadCore: number): void {
    const held = Atomics.compareExchange(this.#control, lockWord, deadCore + 1, 0);
    if (held === deadCore + 1) Atomics.notify(this.#control, lockWord);
  }

  #findOrMake(name: string, words: number): Int32Array<SharedArrayBuffer> {
    const nameBytes = new TextEncoder().encode(name);
    assert(nameBytes.length <= nameBytesMax, "a name of shared lines is short", nameBytes.length);
    this.#lock();
    try {
      return this.#find(nameBytes) ?? this.#make(nameBytes, words);
    } finally {
      this.releaseFor(this.#core);
    }
  }

  #find(name: Uint8Array): Int32Array<SharedArrayBuffer> | undefined {
    const used = this.#control[usedWord];
    for (let offset = lineBytes; offset < used;) {
      const [words, nameBytes] = new Int32Array(this.buffer, offset, 2);
      const stored = new Uint8Array(this.buffer, offset + 8, nameBytes);
      if (sameBytes(stored, name)) return new Int32Array(this.buffer, offset + headerBytes, words);
      offset += headerBytes + wholeLines(words);
    }
    return undefined;
  }

  #make(name: Uint8Array, words: number): Int32Array<SharedArrayBuffer> {
    const offset = this.#control[usedWord];
    const end = offset + headerBytes + wholeLines(words);
    this.#growTo(end);
    new Int32Array(this.buffer, offset, 2).set([words, name.length]);
    new Uint8Array(this.buffer, offset + 8, name.length).set(name);
    Atomics.store(this.#control, usedWord, end);
    return new Int32Array(this.buffer, offset + headerBytes, words);
  }

  #growTo(bytes: number): void {
    if (bytes <= this.buffer.byteLength) return;
    if (bytes > this.buffer.maxByteLength) {
      throw new SharedMemoryFullError(
        `The cores need ${bytes} bytes of shared memory and the machine was made with ` +
          `${this.buffer.maxByteLength}: pass a larger sharedBytesMax.`,
      );
    }
    const whole = Math.ceil(bytes / growthBytes) * growthBytes;
    this.buffer.grow(Math.min(whole, this.buffer.maxByteLength));
  }

  #lock(): void {
    const holder = this.#core + 1;
    for (;;) {
      const seen = Atomics.compareExchange(this.#control, lockWord, 0, holder);
      if (seen === 0) return;
      const outcome = Atomics.wait(this.#control, lockWord, seen, lockWaitMsMax);
      assert(outcome !== "timed-out", "a core died holding the lock of shared memory", seen - 1);
    }
  }
}

function wholeLines(words: number): number {
  return Math.ceil((words * 4) / lineBytes) * lineBytes;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
