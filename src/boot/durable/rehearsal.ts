// A rehearsal: a program is brought up from a log, in a system of its own that nobody else notices, and
// stopped where the log ends. It shows what a recovery would do, and whether another program would do it.
import { createNodeMachine } from "../../machine/node/index.ts";
import type { ExecutionModel, PreparedModule } from "../../process/index.ts";
import { type MessageLog, Sessions } from "../../recovery/index.ts";
import type { ConsoleDevice } from "../../server/console/index.ts";
import type { DurableImages } from "./durable-images.ts";
import type { Grant } from "../grants.ts";
import { Session } from "../session.ts";
import { System } from "../system.ts";

export interface RehearsedProgram {
  readonly prepared: PreparedModule;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly log: MessageLog;
  /** Where the process is to be brought up from, if its log does not go back to its start. */
  readonly images?: DurableImages | undefined;
}

export interface RehearsalOptions extends RehearsedProgram {
  /** The programs that follow it, joined by pipes: they are rehearsed, too. */
  readonly others?: readonly RehearsedProgram[] | undefined;
  readonly model?: ExecutionModel | undefined;
  readonly fuelSlice?: number | undefined;
  readonly grants?: readonly Grant[] | undefined;
  readonly streams?: ConsoleDevice["streams"] | undefined;
  readonly trace?: ((line: string) => void) | undefined;
}

/** How it ended: where the log does, or why not. */
export interface Rehearsal {
  readonly records: number;
  readonly failure: unknown;
}

export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { model, fuelSlice, trace, others = [], grants = [], streams } = options;
  const programs = [options, ...others];
  const machine = createNodeMachine();
  const ended = Promise.withResolvers<unknown>();
  const system = new System({ machine, onCrash: ended.resolve });
  const session = new Session(system, {
    grants,
    console: silentConsole,
    streams,
    model,
    fuelSlice,
    trace,
  });
  let left = programs.length;
  const durable = {
    onEnd: (failure?: unknown) => {
      if (failure === undefined && --left > 0) return;
      system.core.stop();
      ended.resolve(failure);
    },
    // A program that dies in a rehearsal would die again.
    onDeath: ({ error }: { readonly error: unknown }) => {
      system.core.stop();
      ended.resolve(error);
    },
  };
  try {
    void session.start(
      programs.map(({ prepared, args, env, log, images }) => ({
        prepared,
        args,
        env,
        durable: { ...durable, log, sessions: new Sessions(), images },
      })),
    );
    system.core.start();
    const records = programs.reduce((sum, { log }) => sum + log.end - log.first, 0);
    return { records, failure: await ended.promise };
  } finally {
    system.core.stop();
    machine.close();
  }
}

/** What is written in a replay has been written before. */
const silentConsole: ConsoleDevice = {
  streams: ["character", "character", "character"],
  write: (_, bytes) => bytes.length,
  read: () => 0,
  available: () => 0,
  onReady: undefined,
};
