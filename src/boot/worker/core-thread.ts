// One core in a worker thread, from outside: started to stand by, given its turn, and noticed when it ends.
import type { MessagePort, ResourceLimits, Worker } from "node:worker_threads";
import type { CoreReport, CoreStart, CoreTurn } from "./core-seat.ts";

export interface CoreProgram {
  /** The module that the thread runs, and the words that it is given. */
  readonly file: string | URL;
  readonly argv: readonly string[];
  readonly start: CoreStart;
  /** The environment; that of this process unless given. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Of the engine, for this thread alone. */
  readonly resourceLimits?: ResourceLimits | undefined;
}

/** How a core ended: by itself with a code, by an error that nobody caught, or since it was stopped. */
export type CoreEnd =
  | { readonly kind: "left"; readonly code: number }
  | { readonly kind: "broke"; readonly error: Error }
  | { readonly kind: "stopped"; readonly why: string };

export class CoreThread {
  /** It stands by. Never, if it ends before. */
  readonly ready: Promise<void>;
  /** It owns the server, and clients can come. Never, if it ends before. */
  readonly opened: Promise<void>;
  readonly ended: Promise<CoreEnd>;
  readonly #worker: Worker;
  #tookOverAt: number | undefined;
  #codes: readonly Uint8Array[] | undefined;
  #error: Error | undefined;
  #stopped: string | undefined;

  constructor({ file, argv, start, env, resourceLimits }: CoreProgram) {
    const { Worker: Thread } = process.getBuiltinModule("node:worker_threads");
    this.#worker = new Thread(file, {
      name: "core",
      argv: [...argv],
      workerData: start,
      ...(env === undefined ? {} : { env }),
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    });
    const ready = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<CoreEnd>();
    this.#worker.on("message", (report: CoreReport) => {
      if (report === "ready") ready.resolve();
      else if (report === "open") opened.resolve();
      else if ("codes" in report) this.#codes = report.codes;
      else this.#tookOverAt = report.tookOverAt;
    });
    this.#worker.on("error", (error: unknown) => {
      this.#error ??= error instanceof Error ? error : new Error(String(error));
    });
    this.#worker.on("exit", (code) => ended.resolve(this.#endOf(code)));
    this.ready = ready.promise;
    this.opened = opened.promise;
    this.ended = ended.promise;
  }

  /** Where the log ended that it has taken over, if it came to that. */
  get tookOverAt(): number | undefined {
    return this.#tookOverAt;
  }

  /** The files that it has read, if it was not given any. */
  get codes(): readonly Uint8Array[] | undefined {
    return this.#codes;
  }

  /** Lets it own the server. One that is not ready yet takes its turn when it is. */
  begin(turn: CoreTurn): void {
    this.#worker.postMessage(turn, portsOf(turn));
  }

  /** Ends it wherever it is; nothing of it runs after `ended`. */
  stop(why: string): void {
    this.#stopped ??= why;
    void this.#worker.terminate();
  }

  #endOf(code: number): CoreEnd {
    if (this.#error !== undefined) return { kind: "broke", error: this.#error };
    if (this.#stopped !== undefined) return { kind: "stopped", why: this.#stopped };
    return { kind: "left", code };
  }
}

function portsOf({ console, kept, writer }: CoreTurn): MessagePort[] {
  const ports = [console.port];
  if (kept !== undefined) ports.push(kept.port);
  if (writer !== undefined) ports.push(writer);
  return ports;
}
