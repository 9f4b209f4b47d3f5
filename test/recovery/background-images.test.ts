// Images that a thread writes while their process goes on: the log is cut when one is durable and not before, what
// the process does meanwhile is not in it, and one that cannot be written changes nothing.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BackgroundImages } from "../../src/boot/durable/background-images.ts";
import type { DurableImage } from "../../src/boot/durable/durable-images.ts";
import { FileStore } from "../../src/machine/node/index.ts";
import { memoryLog, type MessageLog, Sessions } from "../../src/recovery/index.ts";
import { type Member, runTogether } from "../sdk/together.ts";
import { sha256 } from "./cell.ts";

let directory: string;
let opened: BackgroundImages[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "shoal-images-"));
  opened = [];
});
afterEach(async () => {
  for (const images of opened) await images.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Told {
  readonly onKept?: () => void;
  readonly onRefused?: (error: unknown) => void;
}

function open(log: MessageLog, epoch: number, told: Told, logBytesMax = 1): BackgroundImages {
  const store = new FileStore(directory);
  const name = "tally";
  const options = { directory, store, digest: sha256, name, epoch, log, logBytesMax };
  const images = new BackgroundImages({ ...options, ...told });
  opened.push(images);
  return images;
}

/** A server with one client that makes so many requests; answers their exit codes, if it is not lost before. */
async function life(
  log: MessageLog,
  images: BackgroundImages,
  rounds: number,
  lost?: Promise<void>,
): Promise<readonly (number | undefined)[]> {
  const durable = { log, sessions: new Sessions(), images };
  const requests = [`-DROUNDS=${rounds}`, "-DCHANGED_PAGES=4"];
  const members: Member[] = [
    {
      program: ["bench/recovery/heap-server.c", "-DHEAP_BYTES=1048576"],
      serves: [{ name: "heap" }],
      durable,
    },
    {
      program: ["bench/recovery/heap-client.c", ...requests],
      calls: [{ name: "heap", badge: 1 }],
    },
  ];
  const manner = { model: "process", isCapturable: true } as const;
  const { codes } = await runTogether(members, lost ? { ...manner, killed: lost } : manner);
  return codes;
}

/** An image of one memory, at a place in the log. */
function imageOf(bytes: Uint8Array, position: number): DurableImage {
  const memory = { bytes, isImported: false, maxPages: null };
  const program = { state: { memories: [memory] }, rows: [] };
  // The writer looks at nothing else.
  return { door: { position }, program } as unknown as DurableImage;
}

function logOf(records: number): MessageLog {
  const log = memoryLog();
  for (let i = 0; i < records; i++) log.append(Int32Array.of(i), 1);
  return log;
}

describe("images that are written in the background", () => {
  it("hold what was there when they were made, and cut the log when they are durable", async () => {
    const log = logOf(10);
    let kept = Promise.withResolvers<void>();
    const images = open(log, 1, { onKept: () => kept.resolve() });
    const bytes = new Uint8Array(1 << 20).fill(1);
    for (const position of [3, 7]) {
      bytes.fill(position);
      images.save(imageOf(bytes, position));
      bytes.fill(99);
      expect(images.logBytesMax).toBe(Infinity);
      const before = log.first;
      images.save(imageOf(bytes, 9));
      expect(log.first).toBe(before);
      await kept.promise;
      kept = Promise.withResolvers();
    }
    expect(log.first).toBe(3);
    const newest = open(log, 2, {}).newest();
    expect(newest?.door.position).toBe(7);
    expect(newest?.program.state.memories[0]!.bytes.every((byte) => byte === 7)).toBe(true);
  });

  it("of a server that goes on are what its next life is brought up from", async () => {
    const log = memoryLog();
    let count = 0;
    const lost = Promise.withResolvers<void>();
    const onKept = (): void => void (++count === 2 && lost.resolve());
    await life(log, open(log, 1, { onKept, onRefused: lost.reject }), 0x7fffffff, lost.promise);
    expect(log.first).toBeGreaterThan(0);
    const images = open(log, 2, {}, Infinity);
    expect(images.newest()?.door.position).toBeGreaterThan(log.first);
    expect(await life(log, images, 3)).toEqual([0, 0]);
  });

  it("that cannot be written are told of, and the log is as it was", async () => {
    const log = logOf(5);
    const refused = Promise.withResolvers<unknown>();
    const images = open(log, 1, { onRefused: refused.resolve });
    rmSync(directory, { recursive: true });
    writeFileSync(directory, "no directory");
    images.save(imageOf(new Uint8Array(65_536).fill(1), 3));
    expect(await refused.promise).toBeInstanceOf(Error);
    expect([log.first, images.logBytesMax]).toEqual([0, Infinity]);
  });
});
