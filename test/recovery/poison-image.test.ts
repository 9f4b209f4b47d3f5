// A request that ends its server twice, where an image was made while it was being served: the server is brought up
// from an image that does not know the request yet, in its own kernel and in a new one.
import { describe, expect, it } from "vitest";
import { FaultReason } from "../../src/abi/index.ts";
import type { DeathReport } from "../../src/boot/durable/durable.ts";
import { LostImageError, StoredImages } from "../../src/boot/durable/durable-images.ts";
import { SimDisk } from "../../src/machine/sim/index.ts";
import { memoryLog, type MessageLog, Sessions } from "../../src/recovery/index.ts";
import { exitRecord, poisonRecord } from "../../src/recovery/record.ts";
import { type Member, runTogether } from "../sdk/together.ts";
import { sha256 } from "./cell.ts";

describe.each(["process", "interrupt"] as const)("in the %s model", (model) => {
  it.each([1, 400, 800])(
    "a request is set aside, with an image of every %i bytes of the log",
    async (logBytesMax) => {
      const log = memoryLog();
      const images = imagesIn(new SimDisk(), log, 1, logBytesMax);
      const deaths: DeathReport[] = [];
      const server: Member = {
        program: ["test/recovery/tally-server.c"],
        serves: [{ name: "tally" }],
        durable: {
          log,
          sessions: new Sessions(),
          images,
          onDeath: (report) => deaths.push(report),
        },
      };
      const poison: Member = {
        program: ["test/recovery/poison-client.c", "-DTALLY_POISONS=TALLY_BREAK"],
        calls: [{ name: "tally", badge: 7 }],
      };
      const { codes } = await runTogether([server, poison], { model, isCapturable: true });
      expect(codes).toEqual([0, 200 + FaultReason.trap]);
      expect(deaths.map(({ isSetAside }) => isSetAside)).toEqual([false, true]);
    },
  );
});

describe("images of a process that was serving a request which was set aside", () => {
  // The request came with record 4; the process died of it after record 6, and the mark is record 7.
  const log = memoryLog();
  for (let i = 0; i < 7; i++) log.append(exitRecord(0), 2);
  const mark = poisonRecord(4, 1);
  log.append(mark, mark.length);
  for (let i = 0; i < 3; i++) log.append(exitRecord(0), 2);

  it.each([
    [[4, 5], 4],
    [[3, 7], 3],
    [[6, 8], 8],
    [[5, 6], undefined],
  ])("of those at %j the one at %j is gone on from", (positions, found) => {
    const disk = new SimDisk();
    const images = imagesIn(disk, log, 1, 1, true);
    for (const position of positions) images.save(imageAt(position));
    for (const epoch of [1, 2]) {
      expect(imagesIn(disk, log, epoch, 1, true).newest()?.door.position).toBe(found);
    }
  });

  it("are lost if the log was cut behind the request", () => {
    const cut = memoryLog();
    for (let i = 0; i < 7; i++) cut.append(exitRecord(0), 2);
    const images = imagesIn(new SimDisk(), cut, 1, 1);
    images.save(imageAt(5));
    images.save(imageAt(6));
    cut.append(mark, mark.length);
    expect(() => images.newest()).toThrow(LostImageError);
  });
});

function imagesIn(
  disk: SimDisk,
  log: MessageLog,
  epoch: number,
  logBytesMax: number,
  keepsLog = false,
): StoredImages {
  return new StoredImages({
    store: disk,
    digest: sha256,
    name: "tally",
    epoch,
    log,
    logBytesMax,
    keepsLog,
  });
}

/** An image at a place in the log; nobody looks at the rest of it. */
function imageAt(position: number): Parameters<StoredImages["save"]>[0] {
  return { door: { position }, program: {} } as unknown as Parameters<StoredImages["save"]>[0];
}
