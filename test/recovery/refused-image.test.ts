// A store that takes no image: a server goes on without, and tries again if there was only no room.
import { expect, it } from "vitest";
import type { DurableImages } from "../../src/boot/durable/durable-images.ts";
import { ImageError, type ImageReason } from "../../src/checkpoint/index.ts";
import { memoryLog, Sessions } from "../../src/recovery/index.ts";
import { type Member, runTogether } from "../sdk/together.ts";

/** Takes images from the third on, and counts. */
class Refusing implements DurableImages {
  readonly logBytesMax = 1;
  tries = 0;
  readonly refusals: unknown[] = [];
  readonly #reason: ImageReason;

  constructor(reason: ImageReason) {
    this.#reason = reason;
  }

  onRefused = (error: unknown): void => void this.refusals.push(error);

  newest(): undefined {
    return undefined;
  }

  save(): void {
    if (++this.tries < 3) throw new ImageError("tally", this.#reason);
  }
}

async function refused(reason: ImageReason): Promise<Refusing> {
  const images = new Refusing(reason);
  const server: Member = {
    program: ["test/recovery/tally-server.c"],
    serves: [{ name: "tally" }],
    durable: { log: memoryLog(), sessions: new Sessions(), images },
  };
  const client: Member = {
    program: ["test/recovery/tally-client.c", "-DTALLY_CLIENTS=1"],
    calls: [{ name: "tally", badge: 1 }],
  };
  const { codes } = await runTogether([server, client], { model: "process", isCapturable: true });
  expect(codes).toEqual([0, 0]);
  return images;
}

it("tries again later when there was no room", async () => {
  const { tries, refusals } = await refused("full");
  expect(refusals).toHaveLength(2);
  expect(tries).toBeGreaterThan(5);
});

it("asks a store that failed for nothing more", async () => {
  const { tries, refusals } = await refused("failed");
  expect([tries, refusals.length]).toEqual([1, 1]);
});
