// Pipes under random use: whatever the writers, readers and closers do in whatever order, every byte that
// was taken comes out once, each writer's in its order, and no write of up to PIPE_BUF bytes is split.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pipeBufferBytes, PipeService } from "../../src/server/pipe/index.ts";
import { Ask } from "../../src/userlib/index.ts";
import { nonblock, ServiceRig, type Waiting } from "./service-rig.ts";

const seed = 20261121;
const writers = [11, 12, 13] as const;
const readers = [21, 22] as const;
const headerBytes = 8;

type Step =
  | {
      readonly kind: "write";
      readonly who: number;
      readonly bytes: number;
      readonly waits: boolean;
    }
  | {
      readonly kind: "read";
      readonly who: number;
      readonly bytes: number;
      readonly waits: boolean;
    };

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("write" as const, "read" as const),
  who: fc.nat(),
  bytes: fc.oneof(
    fc.integer({ min: headerBytes, max: pipeBufferBytes }),
    fc.integer({ min: headerBytes, max: 64 }),
  ),
  waits: fc.boolean(),
});

/** A record says whose it is, which of theirs, and how long, so that it can be found again. */
function record(who: number, index: number, bytes: number): Uint8Array {
  const all = new Uint8Array(bytes).fill(who);
  new DataView(all.buffer).setUint16(2, index);
  new DataView(all.buffer).setUint32(4, bytes);
  return all;
}

class Trial {
  readonly rig = new ServiceRig(new PipeService());
  readonly #writeHandles = new Map<number, number>();
  readonly #readHandles = new Map<number, number>();
  /** Of each writer, its records in order, and what became of them. */
  readonly written = new Map<number, Waiting[]>();
  readonly #reads: Waiting[] = [];

  constructor() {
    const made = this.rig.now(writers[0], Ask.pipe).words;
    const [read = 0, write = 0] = made;
    for (const who of writers.slice(1)) this.#give(who, write, this.#writeHandles);
    for (const who of readers) this.#give(who, read, this.#readHandles);
    this.#writeHandles.set(writers[0], write);
    this.rig.now(writers[0], Ask.close, [read]);
    for (const who of writers) this.written.set(who, []);
  }

  #give(who: number, handle: number, handles: Map<number, number>): void {
    handles.set(who, this.rig.now(writers[0], Ask.give, [handle, who]).words[0]!);
  }

  run({ kind, who, bytes, waits }: Step): void {
    const flags = waits ? 0 : nonblock;
    if (kind === "read") {
      const badge = readers[who % readers.length]!;
      // A process waits for one thing at a time.
      if (this.#reads.some(({ got }) => got === undefined)) return;
      this.#reads.push(this.rig.read(badge, this.#readHandles.get(badge)!, bytes, flags));
      return;
    }
    const badge = writers[who % writers.length]!;
    const mine = this.written.get(badge)!;
    if (mine.at(-1) !== undefined && mine.at(-1)!.got === undefined) return;
    const all = record(badge, mine.length, bytes);
    mine.push(this.rig.write(badge, this.#writeHandles.get(badge)!, all, flags));
  }

  /** Reads to the end, after the writers have gone. Answers all that came out, in order. */
  finish(): Uint8Array {
    const badge = readers[0];
    const handle = this.#readHandles.get(badge)!;
    for (;;) {
      const read = this.rig.read(badge, handle, 5000, nonblock);
      if (read.got!.errno !== 0) break;
      this.#reads.push(read);
    }
    return Buffer.from(this.#reads.map(({ got }) => got?.text ?? "").join(""), "latin1");
  }
}

/** The records in a stream of bytes, by writer. Throws where one is split or mixed with another. */
function recordsIn(bytes: Uint8Array): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const [who, index, length] = [bytes[at]!, view.getUint16(at + 2), view.getUint32(at + 4)];
    const body = bytes.subarray(at + headerBytes, at + length);
    if (body.length !== length - headerBytes || body.some((byte) => byte !== who)) {
      throw new RangeError(`a write of ${who} was split at byte ${at}`);
    }
    found.set(who, [...(found.get(who) ?? []), index]);
    at += length;
  }
  return found;
}

describe("a pipe used at random", () => {
  it(`keeps small writes whole and in order, seed ${seed}`, () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
        const trial = new Trial();
        for (const one of steps) trial.run(one);
        const found = recordsIn(trial.finish());
        for (const [who, mine] of trial.written) {
          const taken = mine.flatMap(({ got }, index) => (got?.errno === 0 ? [index] : []));
          expect(found.get(who) ?? []).toEqual(taken);
        }
      }),
      { seed, numRuns: 300 },
    );
  });
});
