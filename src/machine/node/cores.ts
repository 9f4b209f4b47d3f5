// Starts the other cores of a Node machine as worker threads, and tells when they end. Only core 0 has
// this. Each new core is joined to every running one by a message port of its own, so that any two
// ring each other without passing through core 0.
import type * as Threads from "node:worker_threads";
import type { MessagePort, Worker } from "node:worker_threads";
import { assert } from "../../base/index.ts";
import type { CoreExit, CoreHandle, CoreOptions, PlainData } from "../machine.ts";
import type { CoreStarter, MachineLink, NodeMachine } from "./node-machine.ts";

/** What a worker finds when it starts. */
export interface CoreBoot {
  readonly link: MachineLink;
  readonly core: number;
  readonly url: string;
  readonly name: string;
  readonly data: PlainData;
  readonly ports: readonly PortTo[];
}

/** One end of the connection to another core. */
export interface PortTo {
  readonly core: number;
  readonly port: MessagePort;
}

interface RunningCore {
  readonly worker: Worker;
  isStopping: boolean;
  error: Error | undefined;
  onExit: ((exit: CoreExit) => void) | undefined;
}

export class WorkerCores implements CoreStarter {
  readonly #machine: NodeMachine;
  readonly #running = new Map<number, RunningCore>();
  // Loaded with the first core: most runs have one core and should not pay for the module.
  #threads: typeof Threads | undefined;
  #isClosed = false;

  constructor(machine: NodeMachine) {
    this.#machine = machine;
  }

  start({ core, entry, data }: CoreOptions): CoreHandle {
    const { link } = this.#machine;
    assert(core > 0 && core < link.coreCount, "a core number within the machine", core);
    assert(!this.#running.has(core), "core is running", core);
    const ports = this.#connect(core);
    const boot: CoreBoot = { link, core, url: entry.url, name: entry.name, data, ports };
    const running = this.#startWorker(boot);
    this.#running.set(core, running);
    return {
      core,
      stop: () => {
        if (this.#running.get(core) === running) stop(running);
      },
      onExit: (handler) => {
        running.onExit = handler;
      },
    };
  }

  stopAll(): void {
    this.#isClosed = true;
    for (const running of this.#running.values()) stop(running);
  }

  #startWorker(boot: CoreBoot): RunningCore {
    this.#threads ??= process.getBuiltinModule("node:worker_threads");
    // The compiled tree has the same files with another extension.
    const file = import.meta.url.endsWith(".ts") ? "./core-worker.ts" : "./core-worker.js";
    const worker = new this.#threads.Worker(new URL(file, import.meta.url), {
      name: `core ${boot.core}`,
      workerData: boot,
      transferList: boot.ports.map(({ port }) => port),
    });
    worker.unref();
    const running: RunningCore = { worker, isStopping: false, error: undefined, onExit: undefined };
    worker.on("error", (error: unknown) => {
      running.error = error instanceof Error ? error : new Error(String(error));
    });
    worker.on("exit", (code) => this.#ended(boot.core, running, code));
    return running;
  }

  /** Joins the new core to all others; answers its ends of the ports. */
  #connect(core: number): PortTo[] {
    this.#threads ??= process.getBuiltinModule("node:worker_threads");
    const ends: PortTo[] = [];
    for (const other of [0, ...this.#running.keys()]) {
      const { port1, port2 } = new this.#threads.MessageChannel();
      ends.push({ core: other, port: port2 });
      const far: PortTo = { core, port: port1 };
      if (other === 0) this.#machine.doorbells.connect(core, port1);
      else this.#running.get(other)?.worker.postMessage(far, [port1]);
    }
    return ends;
  }

  #ended(core: number, running: RunningCore, code: number): void {
    this.#running.delete(core);
    const { doorbells, arena } = this.#machine;
    arena.releaseFor(core);
    if (this.#isClosed) return;
    doorbells.disconnect(core);
    doorbells.repeatRings();
    const exit = exitOf(core, running, code);
    if (running.onExit !== undefined) running.onExit(exit);
    else if (exit.kind === "failed") throw exit.error;
  }
}

function stop(running: RunningCore): void {
  running.isStopping = true;
  // The exit is told through the worker's event; this promise says nothing more.
  void running.worker.terminate();
}

function exitOf(core: number, running: RunningCore, code: number): CoreExit {
  if (running.error !== undefined) return { kind: "failed", error: running.error };
  if (running.isStopping) return { kind: "stopped" };
  return { kind: "failed", error: new Error(`Core ${core} ended its thread with code ${code}.`) };
}
