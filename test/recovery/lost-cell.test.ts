// The whole cell is lost, at every record that any of its processes adds to its log, and another takes
// its place: kernel, servers and clients are new, and the clients check every answer as if nothing had
// been.
import { describe, expect, it } from "vitest";
import { StoredImages } from "../../src/boot/durable/durable-images.ts";
import { type MessageLog, Sessions } from "../../src/recovery/index.ts";
import { type Manner, type Member, type Outcome, runTogether } from "../sdk/together.ts";
import { CellLogs, type Moment, sha256 } from "./cell.ts";

/** An image of each process whenever its log has grown by so much; none at all unless given. */
type ImageEvery = number | undefined;

function imagesOf(logs: CellLogs, log: MessageLog, name: string, every: ImageEvery) {
  if (every === undefined) return undefined;
  return new StoredImages({
    store: logs.disk,
    digest: sha256,
    epoch: logs.epoch,
    name,
    log,
    logBytesMax: every,
    onRefused: (error) => {
      throw error;
    },
  });
}

/** A server and its clients, all of them durable. */
function members(clients: number, logs: CellLogs, every: ImageEvery): Member[] {
  const sessions = new Sessions();
  const [serverLog, ...clientLogs] = logs.logs();
  const server: Member = {
    program: ["test/recovery/tally-server.c"],
    serves: [{ name: "tally" }],
    durable: { log: serverLog, sessions, images: imagesOf(logs, serverLog, "server", every) },
  };
  return [
    server,
    ...clientLogs.map((log, i): Member => ({
      program: ["test/recovery/tally-client.c", `-DTALLY_CLIENTS=${clients}`],
      calls: [{ name: "tally", badge: i + 1 }],
      durable: {
        log,
        sessions: new Sessions(),
        peers: () => ({ sessions, badge: i + 1 }),
        images: imagesOf(logs, log, `client${i}`, every),
      },
    })),
  ];
}

async function life(
  clients: number,
  logs: CellLogs,
  manner: Manner,
  records = Infinity,
  moment: Moment = "after",
  every?: number,
): Promise<Outcome> {
  const killed = logs.begin(records, moment);
  return runTogether(members(clients, logs, every), {
    ...manner,
    killed,
    isCapturable: every !== undefined,
  });
}

const manners: readonly Manner[] = [{ model: "process" }, { model: "interrupt" }];

describe.each(manners)("durable processes in the $model model", (manner) => {
  it.each([1, 2])("with %i clients, end as if their cell had not been lost", async (clients) => {
    const whole = new CellLogs(clients + 1);
    const { codes } = await life(clients, whole, manner);
    expect(codes).toEqual(Array.from({ length: clients + 1 }, () => 0));
    for (const moment of ["before", "after"] as const) {
      for (let at = 1; at <= whole.added; at++) {
        const logs = new CellLogs(clients + 1);
        await life(clients, logs, manner, at, moment);
        const second = await life(clients, logs, manner);
        const { codes, faults } = second;
        const wanted = codes.map(() => 0);
        expect({ at, moment, codes, faults }).toEqual({ at, moment, codes: wanted, faults: [] });
      }
    }
  });

  it("survive the loss of every cell that they are brought up in", async () => {
    const logs = new CellLogs(3);
    let losses = 0;
    for (;;) {
      const { codes } = await life(2, logs, manner, 1, "after");
      if (!logs.isDead) {
        expect(codes).toEqual([0, 0, 0]);
        break;
      }
      losses++;
    }
    expect(losses).toBeGreaterThan(30);
  });

  it.each([1, 400])("go on from images made every %i bytes", async (every) => {
    for (const moment of ["before", "after"] as const) {
      for (let at = 1; ; at++) {
        const logs = new CellLogs(2);
        await life(1, logs, manner, at, moment, every);
        if (!logs.isDead) break;
        const { codes, faults } = await life(1, logs, manner, Infinity, "after", every);
        expect({ at, moment, codes, faults }).toEqual({ at, moment, codes: [0, 0], faults: [] });
        expect(logs.kept[0].first).toBeGreaterThan(0);
      }
    }
  });

  it("go on from images made after every call, through the loss of every cell", async () => {
    const logs = new CellLogs(3);
    for (let isOver = false; !isOver;) {
      const { codes } = await life(2, logs, manner, 2, "after", 1);
      isOver = !logs.isDead;
      if (isOver) expect(codes).toEqual([0, 0, 0]);
    }
  });
});
