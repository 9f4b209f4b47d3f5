// A durable server as its cell runs it, in this process: the keeper here, its cores in worker threads that
// run the command, and whoever has the rig may end them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ConsoleDevice,
  CoreKeeper,
  type CoreLoss,
  type CoreThread,
  type NamePlace,
} from "../../src/boot/index.ts";
import type { CoreProgram } from "../../src/boot/worker/core-thread.ts";
import { claimEpoch } from "../../src/supervisor/index.ts";
import { progressWords } from "../../src/supervisor/progress.ts";

const command = new URL("../../bin/shoal.js", import.meta.url);

export interface CoreRigOptions {
  readonly level: "memory" | "host" | "disk";
  readonly program: Uint8Array;
  /** What the cores run instead of the command, and the words that they get. */
  readonly core?: (paths: CorePaths) => { readonly file: URL; readonly argv: readonly string[] };
  readonly standsBy?: boolean;
  /** A core is lost: at once, and before another has its turn. */
  readonly onLoss?: (rig: CoreRig) => void;
  readonly resourceLimits?: CoreProgram["resourceLimits"];
  readonly console?: ConsoleDevice;
}

export interface CorePaths {
  readonly program: string;
  readonly data: string;
  readonly place: NamePlace;
}

export class CoreRig {
  readonly directory = mkdtempSync(join(tmpdir(), "shoal-core-"));
  /** As the supervisor has it, and a word more. */
  readonly progress = new Int32Array(new SharedArrayBuffer(progressWords * 4 + 4));
  readonly place: NamePlace;
  readonly losses: CoreLoss[] = [];
  /** The core that owns the server. */
  core: CoreThread | undefined;
  readonly keeper: CoreKeeper;
  readonly opened: Promise<void>;
  /** The code with which the last core has left, or how it ended. */
  readonly ended: Promise<unknown>;
  #onTurn: (() => void) | undefined;

  constructor(options: CoreRigOptions) {
    const { level, program, standsBy = true, console = silentConsole } = options;
    const file = join(this.directory, "server.wasm");
    const data = join(this.directory, "data");
    const directory = join(this.directory, "shoal", "server");
    writeFileSync(file, program);
    for (const path of [data, directory]) mkdirSync(path, { recursive: true, mode: 0o700 });
    this.place = { serverName: "server", directory, socketPath: join(directory, "socket") };
    const paths = { program: file, data, place: this.place };
    const core = options.core?.(paths) ?? commandCore(level, paths);
    const opened = Promise.withResolvers<void>();
    this.opened = opened.promise;
    this.keeper = new CoreKeeper({
      core: {
        ...core,
        start: { isShoalCore: true, progress: this.progress },
        env: { ...process.env, XDG_RUNTIME_DIR: this.directory },
        resourceLimits: options.resourceLimits,
      },
      level,
      console: () => console,
      standsBy,
      nextEpoch: () => claimEpoch(data),
      onOpen: opened.resolve,
      onTurn: (core) => {
        this.core = core;
        this.#onTurn?.();
      },
      onLoss: (loss) => {
        this.losses.push(loss);
        options.onLoss?.(this);
        return Promise.resolve(!this.#isClosed);
      },
    });
    this.ended = this.keeper.run(claimEpoch(data));
  }

  #isClosed = false;

  /** Ends the core that owns the server, as nothing that it does itself could. */
  kill(): void {
    this.core?.stop("killed");
  }

  /** Resolves when a core stands by. */
  async stoodBy(): Promise<void> {
    while (this.keeper.standby === undefined) await new Promise((then) => setTimeout(then, 5));
    await this.keeper.standby.ready;
  }

  /** Resolves when another core has its turn. */
  nextTurn(): Promise<void> {
    return new Promise((resolve) => {
      this.#onTurn = resolve;
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.kill();
    await this.ended;
    await this.keeper.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function commandCore(level: string, { program, data }: CorePaths) {
  const words = ["run", "--cell", "1", `--durable=${level}`, "--name", "server", "--data", data];
  return { file: command, argv: [...words, program] };
}

/** Reads nothing, and forgets what is written. */
export const silentConsole: ConsoleDevice = {
  streams: ["character", "character", "character"],
  write: (_, bytes) => bytes.length,
  read: () => 0,
  available: () => 0,
  onReady: undefined,
};
