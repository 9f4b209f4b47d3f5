// One life of a cell in which durable programs run, joined by pipes. Their logs and images stand outside of it.
import { readFileSync } from "node:fs";
import { StoredImages } from "../../src/boot/durable/durable-images.ts";
import { Session } from "../../src/boot/session.ts";
import { System } from "../../src/boot/system.ts";
import { createNodeMachine } from "../../src/machine/node/index.ts";
import {
  type ExecutionModel,
  prepareModule,
  type PreparedModule,
} from "../../src/process/index.ts";
import { type MessageLog, Sessions } from "../../src/recovery/index.ts";
import type { ConsoleDevice } from "../../src/server/console/index.ts";
import { compileHostedC } from "../sdk/compile.ts";
import { type CellLogs, type Moment, sha256 } from "./cell.ts";

export interface TreeManner {
  readonly model: ExecutionModel;
  /** An image of each program whenever its log has grown by so many bytes; none unless given. */
  readonly imageEvery?: number;
}

/** The programs of `shoal run --durable source :: filter :: sink`. */
export async function prepareTree(bytes: number): Promise<PreparedModule[]> {
  const files = await Promise.all(
    ["source", "filter", "sink"].map((name) =>
      compileHostedC(`test/recovery/trees-${name}.c`, `-DSTREAM_BYTES=${bytes}`),
    ),
  );
  return Promise.all(
    files.map((file) => prepareModule(readFileSync(file), { fuel: false, capture: "unwind" })),
  );
}

/**
 * Answers the exit codes, or undefined if the cell was lost before. It is after `records` more records, or
 * never.
 */
export async function treeLife(
  programs: readonly PreparedModule[],
  logs: CellLogs,
  { model, imageEvery }: TreeManner,
  records = Infinity,
  moment: Moment = "after",
): Promise<readonly (number | string)[] | undefined> {
  const killed = logs.begin(records, moment);
  const machine = createNodeMachine();
  const crash = Promise.withResolvers<never>();
  const system = new System({ machine, onCrash: crash.reject });
  const session = new Session(system, { grants: [], console: quiet, model });
  const kept = logs.logs();
  try {
    const ended = session.start(
      programs.map((prepared, i) => ({
        prepared,
        args: [`program${i}`],
        env: [],
        durable: {
          log: kept[i],
          sessions: new Sessions(),
          images: imageEvery === undefined ? undefined : imagesOf(logs, kept[i], i, imageEvery),
        },
      })),
    );
    system.core.start();
    const ends = await Promise.race([ended, killed, crash.promise]);
    return ends?.map(({ code, fault }) => (fault === undefined ? code : String(fault.error)));
  } finally {
    system.core.stop();
    machine.close();
  }
}

function imagesOf(logs: CellLogs, log: MessageLog, index: number, logBytesMax: number) {
  return new StoredImages({
    store: logs.disk,
    digest: sha256,
    epoch: logs.epoch,
    name: `program${index}`,
    log,
    logBytesMax,
    onRefused: (error) => {
      throw error;
    },
  });
}

const quiet: ConsoleDevice = {
  streams: ["character", "character", "character"],
  write: (_, bytes) => bytes.length,
  read: () => 0,
  available: () => 0,
  onReady: undefined,
};
