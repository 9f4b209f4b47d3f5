// Kills servers, their holders and supervisors under clients of the everything server, for as many rounds
// as are asked for. Random, from a seed; the times are not, as processes are what they are.
//
//   node test/host/tool-proof.ts --rounds 300 --seed 1
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { setTimeout as pause } from "node:timers/promises";
import { Random } from "../../src/base/index.ts";
import { type Target, targets, ToolBench } from "./tool-bench.ts";
import { EverythingClient } from "./tool-scenarios.ts";

const works = ["initialise", "long", "sample", "elicit", "roots", "sum"] as const;
type Work = (typeof works)[number];

export interface ProofResult {
  readonly rounds: number;
  readonly kills: Record<Target, number>;
  /** Kills that came while a question was open at the client. */
  readonly duringQuestions: number;
}

/** Throws if anything was noticed by a client that should not have been. */
export async function runProof(rounds: number, seed: number): Promise<ProofResult> {
  const bench = new ToolBench();
  const random = new Random(seed);
  const kills: Record<Target, number> = { server: 0, cell: 0, supervisor: 0 };
  let duringQuestions = 0;
  let session = new EverythingClient(bench, "everything");
  await session.attached.ready;
  await session.subscribe();
  try {
    for (let round = 0; round < rounds; round++) {
      const work: Work = works[round % works.length]!;
      const target = targets[random.below(targets.length)]!;
      let isDone = false;
      const done = begin(work).finally(() => (isDone = true));
      done.catch(() => {});
      await (work === "sample" || work === "elicit" ? whenAsked() : pause(random.below(700)));
      const isOpen = session.isAsked;
      if (!isDone && bench.kill("everything", target)) {
        kills[target]++;
        if (isOpen) duringQuestions++;
      }
      await done;
      if (round % 10 === 9) await session.isSubscribed();
    }
  } catch (error) {
    throw new Error(`${session.attached.said()}\n${bench.holderLog("everything")}`, {
      cause: error,
    });
  } finally {
    await bench.close();
  }
  return { rounds, kills, duringQuestions };

  async function begin(work: Work): Promise<void> {
    if (work === "sample") return session.sample(`${random.below(1e6)}`);
    if (work !== "initialise") return session[work]();
    await session.client.close();
    session = new EverythingClient(bench, "everything");
    await session.attached.ready;
    await session.subscribe();
  }

  async function whenAsked(): Promise<void> {
    for (let i = 0; i < 200 && !session.isAsked; i++) await pause(5);
    await pause(random.below(120));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "60" },
      seed: { type: "string", default: "1" },
    },
  });
  const beganMs = performance.now();
  const result = await runProof(Number(values.rounds), Number(values.seed));
  const seconds = (performance.now() - beganMs) / 1000;
  console.log(JSON.stringify({ ...result, seconds: Math.round(seconds) }));
}
