// The images of a durable process, and the seals that say how far each owner of its log got, with every byte
// of them wrong, and cut at every length: an image that was good is found, or it is said which is lost.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import {
  type DurableImage,
  LostImageError,
  StoredImages,
} from "../../src/boot/durable/durable-images.ts";
import { FileStore } from "../../src/machine/node/index.ts";
import { memoryLog, type MessageLog } from "../../src/recovery/index.ts";
import { sha256 } from "./cell.ts";

const root = mkdtempSync(
  join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "shoal-image-damage-"),
);
afterAll(() => rmSync(root, { recursive: true }));

let directory: string;
let log: MessageLog;

beforeEach(() => {
  directory = mkdtempSync(join(root, "images-"));
  log = memoryLog();
  const owner = imagesOf(1);
  for (const position of [10, 20, 30]) {
    for (let i = 0; i < 10; i++) log.append(Int32Array.of(log.end), 1);
    owner.images.save(imageAt(position));
    owner.store.close();
  }
  expect(log.first).toBe(20);
  for (let i = 0; i < 5; i++) log.append(Int32Array.of(log.end), 1);
  // The one after it has died before it did anything.
  imagesOf(2).store.close();
});

function imagesOf(epoch: number, isReadOnly = false) {
  const store = new FileStore(directory);
  const logBytesMax = 1;
  const options = { store, digest: sha256, epoch, name: "p", log, logBytesMax, isReadOnly };
  return { store, images: new StoredImages(options) };
}

/** With a page of its own that is not in the manifest, and one that all share. */
function imageAt(position: number): DurableImage {
  const bytes = new Uint8Array(1030).fill(position);
  const content = {
    door: { position },
    program: { state: { bytes, same: new Uint8Array(1030).fill(7) } },
  };
  return content as unknown as DurableImage;
}

/** Where the next owner goes on from, "lost" if it says that it cannot. */
function found(): number | "lost" {
  const { store, images } = imagesOf(3, true);
  try {
    const image = images.newest();
    const { position } = image!.door;
    expect(image).toMatchObject(imageAt(position));
    return position;
  } catch (error) {
    if (!(error instanceof LostImageError)) throw error;
    return "lost";
  } finally {
    store.close();
  }
}

/** Every outcome, with how often it came, of one file changed in every way. */
function outcomes(file: string, changes: (good: Uint8Array) => Iterable<Uint8Array>) {
  const path = join(directory, file);
  const good = new Uint8Array(readFileSync(path));
  const counts = new Map<number | "lost", number>();
  for (const bytes of changes(good)) {
    writeFileSync(path, bytes);
    const outcome = found();
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  writeFileSync(path, good);
  return counts;
}

function* flips(good: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < good.length; at++) {
    const bytes = good.slice();
    bytes[at]! ^= 0xff;
    yield bytes;
  }
}

function* cuts(good: Uint8Array): Generator<Uint8Array> {
  for (let end = 0; end < good.length; end++) yield good.slice(0, end);
}

it.each([
  ["with any byte wrong", flips],
  ["cut at any length", cuts],
])("files of images %s leave an image that is good, or a word", (_, changes) => {
  expect(found()).toBe(30);
  const files = readdirSync(directory);
  expect(files.length).toBeGreaterThan(3);
  const all = new Map<number | "lost", number>();
  for (const file of files) {
    const counts = outcomes(file, changes);
    for (const [outcome, count] of counts) all.set(outcome, (all.get(outcome) ?? 0) + count);
    // Whoever dies while it takes over leaves a torn seal, and has done nothing yet.
    if (file.includes("seal")) expect([file, [...counts.keys()]]).toEqual([file, [30]]);
  }
  expect(found()).toBe(30);
  // What both images need is kept once, so both may be lost.
  for (const outcome of all.keys()) expect([20, 30, "lost"]).toContain(outcome);
  expect(all.get(20)).toBeGreaterThan(100);
});

it("an image of an owner that was taken over before counts for nothing, and takes nothing away", () => {
  const paused = imagesOf(1, true);
  for (let i = 0; i < 5; i++) log.append(Int32Array.of(log.end), 1);
  const before = paused.store.list();
  paused.images.save(imageAt(38));
  expect(paused.store.list()).toEqual(expect.arrayContaining([...before]));
  paused.store.close();
  expect(found()).toBe(30);
});
