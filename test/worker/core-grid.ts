// Runs of the worker grid: a server whose cores are lost one after the other, and clients outside of them.
import { readFile } from "node:fs/promises";
import { InitialSlot } from "../../src/abi/index.ts";
import type { ConsoleDevice } from "../../src/boot/index.ts";
import { compileHostedC } from "../sdk/compile.ts";
import { runClient } from "../session/rig.ts";
import { type GridCoreJob, heldWord } from "./grid-job.ts";
import { CoreRig, silentConsole } from "./rig.ts";

export interface CoreGridPrograms {
  readonly server: Uint8Array;
  readonly client: Uint8Array;
}

export async function compileCoreGrid(): Promise<CoreGridPrograms> {
  const compiled = async (source: string): Promise<Uint8Array> =>
    readFile(await compileHostedC(`test/recovery/${source}`));
  return {
    server: await compiled("kill-grid-server.c"),
    client: await compiled("kill-grid-client.c"),
  };
}

export interface CoreGrid extends Pick<GridCoreJob, "level" | "model" | "deaths"> {
  readonly clients: number;
  readonly rounds: number;
  readonly logBytesMax?: number;
  /** What stands by dies together with what serves. */
  readonly isStandbyLost?: boolean;
}

/** How long a client looks for its server, which is lost many times meanwhile. */
const patienceMs = 60_000;

export interface CoreGridOutcome {
  readonly codes: readonly number[];
  readonly lines: readonly string[];
  readonly losses: number;
}

/** Runs clients to their ends, while one core after the other is lost. */
export async function runCoreGrid(
  grid: CoreGrid,
  { server, client }: CoreGridPrograms,
): Promise<CoreGridOutcome> {
  const { clients, rounds, isStandbyLost = false, ...job } = grid;
  const { console, text } = keepingConsole();
  const rig = new CoreRig({
    level: job.level,
    program: server,
    console,
    resourceLimits: job.deaths.includes("heap") ? { maxOldGenerationSizeMb: 48 } : undefined,
    core: (paths) => {
      const recordsMax = 2 * clients * rounds;
      const consoleSlot = InitialSlot.console;
      const whole: GridCoreJob = { ...job, ...paths, consoleSlot, recordsMax };
      const file = new URL("grid-core.ts", import.meta.url);
      return { file, argv: [JSON.stringify(whole)] };
    },
    onLoss: ({ keeper }) => {
      if (isStandbyLost) keeper.standby?.stop("lost together");
    },
  });
  try {
    await Promise.race([rig.opened, rig.ended]);
    const isOver = new AbortController();
    const ending = endHeld(rig, isOver.signal);
    const ends = await Promise.all(
      Array.from({ length: clients }, (_, i) =>
        runClient(client, [`${i}`, `${rounds}`], rig.place, patienceMs),
      ),
    );
    isOver.abort();
    Atomics.notify(rig.progress, heldWord);
    await ending;
    const codes = ends.map(({ end }) => end.code);
    return { codes, lines: text().split("\n").slice(0, -1), losses: rig.losses.length };
  } finally {
    await rig.close();
  }
}

/** Ends every core that holds still. */
async function endHeld(rig: CoreRig, isOver: AbortSignal): Promise<void> {
  while (!isOver.aborted) {
    const waited = Atomics.waitAsync(rig.progress, heldWord, 0);
    await waited.value;
    if (Atomics.load(rig.progress, heldWord) === 0) continue;
    const held = rig.core;
    held?.stop("it held still");
    await held?.ended;
    Atomics.store(rig.progress, heldWord, 0);
  }
}

function keepingConsole() {
  let written = "";
  const console: ConsoleDevice = {
    ...silentConsole,
    write: (_, bytes) => {
      written += new TextDecoder().decode(bytes);
      return bytes.length;
    },
  };
  return { console, text: () => written };
}

/** What anybody could have noticed: a client of its answers, or the world outside of the effects and their order. */
export function noticedIn(
  { clients, rounds }: CoreGrid,
  { codes, lines }: CoreGridOutcome,
): string[] {
  const noticed = codes.flatMap((code, i) =>
    code === 0 ? [] : [`client ${i} ended with ${code}`],
  );
  const numbers = lines.map((line) => Number(line.split(" ")[1]));
  const isInOrder = numbers.every((number, i) => number === i + 1);
  if (!isInOrder || numbers.length !== clients * rounds)
    noticed.push(`effects ${numbers.join(" ")}`);
  for (let one = 0; one < clients; one++) {
    const count = lines.filter((line) => line.endsWith(` of ${one}`)).length;
    if (count !== rounds) noticed.push(`${count} effects for client ${one}`);
  }
  return noticed;
}
