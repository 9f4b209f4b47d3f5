// A durable service that can be lost and brought up again in one process: only its log, its images and what
// its log says of its sessions go from one life to the next.
import { FileStore } from "../../src/machine/node/index.ts";
import { boot, type Client, type ServiceModule, type ServiceSystem } from "../../src/boot/index.ts";
import { StoredImages } from "../../src/boot/durable/durable-images.ts";
import { sha256 } from "../../src/boot/index.ts";
import { memoryLog, type MessageLog, Sessions } from "../../src/recovery/index.ts";
import type { SpawnServiceOptions } from "../../src/boot/index.ts";

export interface Life<T extends ServiceModule> {
  readonly system: ServiceSystem;
  readonly client: Client<T>;
  readonly sessions: Sessions;
  readonly lines: readonly string[];
}

export interface RigOptions {
  readonly file: URL;
  readonly log?: MessageLog;
  readonly grants?: SpawnServiceOptions["grants"];
  /** Where images are kept, and how long the log may get before there is one. */
  readonly images?: { readonly directory: string; readonly logBytesMax: number };
}

export class DurableRig<T extends ServiceModule> {
  readonly log: MessageLog;
  readonly #options: RigOptions;
  #life: Life<T> | undefined;
  #epoch = 0;

  constructor(options: RigOptions) {
    this.#options = options;
    this.log = options.log ?? memoryLog();
  }

  /** The life before, if there was one, is lost in the middle of whatever it does. */
  async begin(file: URL = this.#options.file): Promise<Life<T>> {
    await this.lose();
    const { grants, images } = this.#options;
    const lines: string[] = [];
    const system = await boot({ log: (_, line) => lines.push(line) });
    const sessions = new Sessions();
    const stored =
      images &&
      new StoredImages({
        store: new FileStore(images.directory),
        digest: sha256,
        name: "ledger",
        epoch: ++this.#epoch,
        log: this.log,
        logBytesMax: images.logBytesMax,
        onRefused: (error) => lines.push(String(error)),
      });
    const durable = { log: this.log, sessions, images: stored };
    try {
      const client = await system.spawn<T>(file, { grants, durable });
      return (this.#life = { system, client, sessions, lines });
    } catch (error) {
      await system[Symbol.asyncDispose]();
      throw error;
    }
  }

  async lose(): Promise<void> {
    await this.#life?.system[Symbol.asyncDispose]();
    this.#life = undefined;
  }
}
