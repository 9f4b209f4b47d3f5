// What a store of images promises: the newest whole image, whatever happened while one was written.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Random } from "../base/index.ts";
import { type DiskOptions, SimDisk } from "../machine/sim/disk.ts";
import type { Store } from "../machine/store.ts";
import type { Plain } from "./content.ts";
import { ImageError } from "./image-error.ts";
import { ImageStore } from "./image-store.ts";
import { pageBytes } from "./page-table.ts";

const digest = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

/** Memory of so many pages, each of its own content, with one of them changed by `version`. */
function contentOf(version: number, pages = 8): Plain {
  const memory = new Uint8Array(pages * pageBytes);
  for (let page = 0; page < pages; page++) memory.fill(page + 1, page * pageBytes);
  for (let page = 0; page < pages; page++) memory[page * pageBytes] = page * 3 + 1;
  memory[(version % pages) * pageBytes + 17] = version + 100;
  return { version, memory };
}

function diskBytes(disk: Store): number {
  return disk.list().reduce((sum, blob) => sum + disk.size(blob), 0);
}

function filled(options: DiskOptions = {}): { disk: SimDisk; images: ImageStore } {
  const disk = new SimDisk(options);
  return { disk, images: new ImageStore(disk, digest) };
}

describe("a store of images", () => {
  test("gives the newest image of a name, also to who opens it later", () => {
    const { disk, images } = filled();
    images.save("one", contentOf(1));
    images.save("one", contentOf(2));
    images.save("other", contentOf(9));
    expect(images.newest("one").content).toEqual(contentOf(2));
    expect(new ImageStore(disk, digest).newest("one").content).toEqual(contentOf(2));
    expect(() => images.newest("none")).toThrow(ImageError);
  });

  test("keeps a page once, whichever images and names have it", () => {
    const { disk, images } = filled();
    images.save("one", contentOf(1));
    const first = diskBytes(disk);
    images.save("one", contentOf(2));
    for (let copy = 0; copy < 10; copy++) images.save(`copy-${copy}`, contentOf(2));
    // Two pages differ between the versions; each manifest is about a kilobyte.
    expect(diskBytes(disk) - first).toBeLessThan(2 * pageBytes + 11 * 2048);
  });

  test("removes pages only when no image has them any more", () => {
    const { disk, images } = filled();
    for (let version = 0; version < 6; version++) images.save("one", contentOf(version));
    images.save("two", contentOf(1));
    images.collect();
    const again = new ImageStore(disk, digest);
    expect(again.newest("one").content).toEqual(contentOf(5));
    expect(again.newest("two").content).toEqual(contentOf(1));
    expect(again.list().filter(({ name }) => name === "one").length).toBe(2);
    for (const image of again.list()) again.remove(image);
    again.collect();
    expect(disk.list()).toEqual([]);
  });

  test("passes over a damaged image, says so, and uses the one before", () => {
    const { disk, images } = filled();
    images.save("one", contentOf(1));
    images.save("one", contentOf(2));
    disk.damage("one.000000000002.image", 30);
    const found = images.newest("one");
    expect(found.content).toEqual(contentOf(1));
    expect(found.refused.map(({ message }) => message)).toEqual([
      expect.stringMatching(/one.000000000002.image: it is damaged/),
    ]);
  });

  test("never takes an image for whole whose pages are damaged or gone", () => {
    const { disk, images } = filled();
    images.save("one", contentOf(1));
    images.save("one", contentOf(2, 16));
    disk.damage("one.000000000002.pages", pageBytes);
    expect(images.newest("one").content).toEqual(contentOf(1));
    disk.remove("one.000000000001.pages");
    expect(() => images.newest("one")).toThrow(/damaged/);
  });

  test("on a full disk refuses the image and leaves what was there", () => {
    const { disk, images } = filled({ capacityBytes: 12 * pageBytes });
    images.save("one", contentOf(1));
    const before = disk.list();
    expect(() => images.save("one", contentOf(2, 40))).toThrow(/no room/);
    expect(disk.list()).toEqual(before);
    expect(images.newest("one").content).toEqual(contentOf(1));
    images.save("one", contentOf(3));
    expect(images.newest("one").content).toEqual(contentOf(3));
  });

  test("after a crash at any operation has the last image that was durable, or a newer one", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed);
      const disk = new SimDisk();
      const saved = crashWhileSaving(disk, random);
      disk.crash(random);
      if (saved.durable === 0) continue;
      const found = new ImageStore(disk, digest).newest("one");
      const { version, memory } = found.content as { version: number; memory: Uint8Array };
      expect(version, `seed ${seed}`).toBeGreaterThanOrEqual(saved.durable);
      const wanted = contentOf(version) as { memory: Uint8Array };
      expect(Buffer.compare(memory, wanted.memory), `seed ${seed}`).toBe(0);
    }
  }, 60_000);
});

class PowerLoss extends Error {}

/** Saves images until a random operation of the store does not return. */
function crashWhileSaving(disk: SimDisk, random: Random): { readonly durable: number } {
  let left = random.between(1, 30);
  const lose = (): void => {
    if (left-- <= 0) throw new PowerLoss("the power is gone");
  };
  const failing: Store = {
    size: (name) => disk.size(name),
    list: () => disk.list(),
    read: (name, offset, target) => disk.read(name, offset, target),
    append: (name, bytes) => (lose(), disk.append(name, bytes)),
    flush: (name) => (lose(), disk.flush(name)),
    truncate: (name, sizeBytes) => (lose(), disk.truncate(name, sizeBytes)),
    remove: (name) => (lose(), disk.remove(name)),
  };
  let durable = 0;
  try {
    const images = new ImageStore(failing, digest);
    for (let version = 1; ; version++) {
      images.save("one", contentOf(version));
      durable = version;
      if (version % 3 === 0) images.collect();
    }
  } catch (error) {
    if (!(error instanceof PowerLoss)) throw error;
  }
  return { durable };
}
