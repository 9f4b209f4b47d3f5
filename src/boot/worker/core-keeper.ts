// The thread of a cell that outlives its core. It holds what has to: the segments of a log in memory, the
// standard streams, the way to the thread that waits for the disk. The core, with its kernel, its servers,
// the program and the clients' connections, is in a worker thread; when that is lost, the one that stands
// by owns the server from there on, under a later epoch, and is brought up by the log. Clients come back by
// themselves, as they do to another cell.
import { FaultReason } from "../../abi/index.ts";
import type { ConsoleDevice } from "../../server/console/index.ts";
import { SegmentKeeper, SegmentWriter } from "../../machine/node/index.ts";
import type { Blame } from "../durable/blame.ts";
import type { DurableLevel } from "../durable/durable-server.ts";
import { ConsoleHost } from "./console-host.ts";
import type { CoreTurn } from "./core-seat.ts";
import { type CoreEnd, type CoreProgram, CoreThread } from "./core-thread.ts";
import { Standby } from "./standby.ts";

export interface CoreKeeperOptions {
  readonly core: CoreProgram;
  readonly level: DurableLevel;
  /** Opens the standard streams, when the first core has its turn. */
  readonly console: () => ConsoleDevice;
  /** Whether a core is to stand by while another serves. */
  readonly standsBy: boolean;
  /** Higher than all before. */
  readonly nextEpoch: () => number;
  /** Clients can come for the first time. */
  readonly onOpen: () => void;
  /** A core owns the server now. */
  readonly onTurn?: ((core: CoreThread) => void) | undefined;
  /**
   * The core was lost. Answers when another is to have its turn, or undefined: then the cell is over.
   * `hasServed`: clients could come.
   */
  readonly onLoss: (end: CoreLoss, hasServed: boolean) => Promise<boolean>;
  readonly onNoStandby?: ((end: CoreEnd) => void) | undefined;
}

/** Milliseconds after which the next failover is provided for: clients that waited have their answers first. */
const provideMs = 50;

export type CoreLoss = Exclude<CoreEnd, { readonly kind: "left" }>;

export class CoreKeeper {
  readonly #options: CoreKeeperOptions;
  readonly #segments = new SegmentKeeper();
  readonly #standby: Standby;
  #console: ConsoleHost | undefined;
  #writer: SegmentWriter | undefined;
  #nextEpoch: number | undefined;
  #blame: Blame | undefined;
  #codes: readonly Uint8Array[] | undefined;
  #turns = 0;
  #isOpen = false;
  #isNext = false;

  constructor(options: CoreKeeperOptions) {
    this.#options = options;
    this.#standby = new Standby({
      start: () => new CoreThread(this.#next()),
      onGivenUp: (end) => options.onNoStandby?.(end),
    });
    if (options.level === "disk") this.#writer = new SegmentWriter();
  }

  /** The core that stands by, if one does. */
  get standby(): CoreThread | undefined {
    return this.#standby.core;
  }

  /** The cell stands by for another: starts a core that waits for `run`. */
  prepare(): void {
    this.#isNext = true;
    this.#standby.fill();
  }

  /** Serves, with one core after the other; `epoch` is that of the first. Answers how the last has left. */
  async run(epoch: number): Promise<CoreEnd> {
    this.#nextEpoch = epoch;
    for (;;) {
      const core = this.#standby.take() ?? new CoreThread(this.#program());
      const end = await this.#live(core);
      if (end.kind === "left") return end;
      // Of the first, whatever was before it may have ended otherwise.
      this.#blame = this.#turns > 1 ? blameOf(core, end) : undefined;
      if (!(await this.#options.onLoss(end, this.#isOpen))) return end;
    }
  }

  /** Ends what stands by, and lets everything out that was written. */
  async close(): Promise<void> {
    this.#standby.close();
    await this.#console?.drained();
    await this.#writer?.close();
    this.#segments.close();
  }

  async #live(core: CoreThread): Promise<CoreEnd> {
    core.begin(this.#turn());
    this.#options.onTurn?.(core);
    void core.opened.then(() => this.#opened(core));
    return core.ended;
  }

  #turn(): CoreTurn {
    this.#console ??= new ConsoleHost(this.#options.console());
    return {
      epoch: this.#takeEpoch(),
      isFirst: this.#turns++ === 0,
      console: this.#console.turn(),
      kept: this.#options.level === "memory" ? this.#segments.handOver() : undefined,
      writer: this.#writer?.connect(),
      blame: this.#blame,
    };
  }

  #opened({ codes }: CoreThread): void {
    this.#codes ??= codes;
    if (!this.#isOpen) this.#options.onOpen();
    this.#isOpen = true;
    if (this.#options.standsBy) setTimeout(() => this.#provide(), provideMs).unref();
  }

  /** For the next failover: its epoch, too, since that has to reach the disk. */
  #provide(): void {
    this.#standby.fill();
    this.#nextEpoch ??= this.#options.nextEpoch();
  }

  #program(): CoreProgram {
    const { core } = this.#options;
    return { ...core, start: { ...core.start, codes: this.#codes } };
  }

  /** What stands by can be got ready by what the core that serves has done. */
  #next(): CoreProgram {
    const program = this.#program();
    if (!this.#isOpen && !this.#isNext) return program;
    return { ...program, start: { ...program.start, next: { buffers: this.#segments.buffers } } };
  }

  #takeEpoch(): number {
    const epoch = this.#nextEpoch ?? this.#options.nextEpoch();
    this.#nextEpoch = undefined;
    return epoch;
  }
}

/** Should the next one find the log as this one did, then what it served was the end of both. */
function blameOf({ tookOverAt }: CoreThread, { kind }: CoreLoss): Blame | undefined {
  if (tookOverAt === undefined) return undefined;
  return { end: tookOverAt, reason: kind === "stopped" ? FaultReason.fuel : FaultReason.hostError };
}
