// A durable server is killed after every message that it ever gets, under clients that check every
// answer. The kernel lives on: what comes back is the process.
import { describe, expect, it } from "vitest";
import { FaultReason } from "../../src/abi/index.ts";
import type { DeathReport } from "../../src/boot/durable/durable.ts";
import { memoryLog, type MessageLog, Sessions } from "../../src/recovery/index.ts";
import { type Manner, type Member, type Outcome, runTogether } from "../sdk/together.ts";
import { killedLog } from "./killed-log.ts";

const flags = (name: string, value: number): string => `-D${name}=${value}`;

function client(clients: number, badge: number): Member {
  return {
    program: ["test/recovery/tally-client.c", flags("TALLY_CLIENTS", clients)],
    calls: [{ name: "tally", badge }],
  };
}

interface Run extends Outcome {
  readonly deaths: readonly DeathReport[];
}

async function run(
  clients: readonly Member[],
  log: MessageLog,
  manner: Manner,
  hangNs?: number,
): Promise<Run> {
  const deaths: DeathReport[] = [];
  const server: Member = {
    program: ["test/recovery/tally-server.c"],
    serves: [{ name: "tally" }],
    durable: {
      log,
      sessions: new Sessions(),

      hangNs,
      onDeath: (report) => deaths.push(report),
    },
  };
  return { ...(await runTogether([server, ...clients], manner)), deaths };
}

const manners: readonly Manner[] = [{ model: "process" }, { model: "interrupt" }];

describe.each(manners)("a durable server in the $model model", (manner) => {
  it.each(manner.model === "process" ? [1, 2, 8] : [1, 2])(
    "answers each request of %i clients once, killed at every record",
    async (count) => {
      const clients = Array.from({ length: count }, (_, i) => client(count, i + 1));
      const whole = memoryLog();
      const undisturbed = await run(clients, whole, manner);
      expect(undisturbed.codes).toEqual([0, ...clients.map(() => 0)]);
      // The last one says that the process has ended.
      const records = whole.end - 1;
      for (let at = 1; at < records; at++) {
        const { codes, deaths, faults } = await run(clients, killedLog([at]), manner);
        expect({ at, codes, faults }).toEqual({ at, codes: undisturbed.codes, faults: [] });
        expect(deaths.map(({ recordCount }) => recordCount)).toEqual([at]);
      }
    },
  );

  it("survives a death at every record in one run", async () => {
    const whole = memoryLog();
    const members = [client(2, 1), client(2, 2)];
    const { codes } = await run(members, whole, manner);
    const kills = Array.from({ length: whole.end - 2 }, (_, i) => i + 1);
    const killed = await run(members, killedLog(kills), manner);
    expect(killed.codes).toEqual(codes);
    expect(killed.deaths).toHaveLength(kills.length);
  });

  it("sets a request aside that ends it twice, and tells its sender", async () => {
    const poison: Member = {
      program: ["test/recovery/poison-client.c", "-DTALLY_POISONS=TALLY_BREAK"],
      calls: [{ name: "tally", badge: 7 }],
    };
    const log = memoryLog();
    const { codes, deaths } = await run([poison], log, manner);
    expect(codes).toEqual([0, 200 + FaultReason.trap]);
    expect(deaths.map(({ isSetAside }) => isSetAside)).toEqual([false, true]);
  });
});

describe("a durable server with fuel", () => {
  it("is taken for dead when it computes too long, and the request is set aside", async () => {
    const poison: Member = {
      program: ["test/recovery/poison-client.c", "-DTALLY_POISONS=TALLY_LOOP"],
      calls: [{ name: "tally", badge: 7 }],
    };
    const manner: Manner = { model: "process", fuelSlice: 10_000 };
    const { codes, deaths } = await run([poison], memoryLog(), manner, 20_000_000);
    expect(codes).toEqual([0, 200 + FaultReason.fuel]);
    expect(deaths.map(({ isSetAside }) => isSetAside)).toEqual([false, true]);
  });
});
