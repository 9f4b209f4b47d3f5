// The servers of a session, by the slot in which every program of it finds them, and the descriptors of
// what they were started with. A program has what it is allowed here and nothing else.
import { InitialSlot } from "../abi/index.ts";
import { clockService } from "../server/clock/index.ts";
import { type ConsoleDevice, ConsoleService, filetypeOfStream } from "../server/console/index.ts";
import { entropyService } from "../server/entropy/index.ts";
import { fileService } from "../server/files/index.ts";
import { NetworkService } from "../server/network/index.ts";
import type { NodeNetwork } from "../server/node/index.ts";
import { PipeService } from "../server/pipe/index.ts";
import { type Launcher, ProcessService } from "../server/process/index.ts";
import type { ConnectService } from "../server/session/index.ts";
import type { Service } from "../userlib/index.ts";
import { type Descriptor, listenerRow, preopenRow, streamRow } from "../wasi/index.ts";
import { type Grant, treeOf } from "./grants.ts";
import type { StartedService, System } from "./system.ts";

export interface ServersOptions {
  /** What programs are told that their standard streams are; what the console's are unless given. */
  readonly streams?: ConsoleDevice["streams"] | undefined;
  readonly grants: readonly Grant[];
  /** Listeners, which the first program finds open from descriptor 3 on. */
  readonly network?: NodeNetwork | undefined;
  /** Servers in other OS processes, from slot `connected` on. */
  readonly connections?: readonly ConnectService[] | undefined;
  readonly console: ConsoleDevice;
}

/** The badge of the first program that is started: pids are badges. */
const firstPid = 1;

export class Servers {
  readonly console: ConsoleService;
  readonly #system: System;
  readonly #options: ServersOptions;
  readonly #bySlot = new Map<number, StartedService>();
  readonly #services = new Map<number, Service>();
  /** The badges of programs that were granted the trees, and did not get something of them by others. */
  readonly #granted = new Set<number>();

  constructor(system: System, options: ServersOptions) {
    this.#system = system;
    this.#options = options;
    this.console = new ConsoleService(options.console);
    const { machine } = system.core;
    const clock = clockService({ realtimeNs: () => machine.realtimeNs(), cpuNs });
    this.serve(InitialSlot.clock, clock);
    this.serve(
      InitialSlot.entropy,
      entropyService((target) => machine.entropy(target)),
    );
    this.#serveConsole(options.console);
    if (options.network !== undefined) this.#serveNetwork(options.network);
    options.connections?.forEach((connection, i) => {
      const started = this.serve(InitialSlot.connected + i, connection);
      connection.onReady = () => started.raise(1);
    });
    options.grants.forEach((grant, i) => {
      const hasRoot = (badge: number): boolean => this.#granted.has(badge);
      const files = fileService(`files ${grant.guest}`, treeOf(machine, grant), hasRoot);
      this.serve(InitialSlot.firstFiles + i, files);
    });
  }

  serve(slot: number, service: Service): StartedService {
    const started = this.#system.services.serve(service);
    this.#bySlot.set(slot, started);
    this.#services.set(slot, service);
    return started;
  }

  /**
   * Pipes and processes, which a program alone that starts no others has no use for. `lastPid` was the last
   * to be given out without them.
   */
  serveProcesses(
    launcher: Launcher,
    lastPid: number,
  ): {
    readonly pipes: PipeService;
    readonly processes: ProcessService;
    readonly started: StartedService;
  } {
    const pipes = new PipeService();
    this.serve(InitialSlot.pipes, pipes);
    const processes = new ProcessService(launcher, lastPid);
    return { pipes, processes, started: this.serve(InitialSlot.processes, processes) };
  }

  /** Lets a process call the servers in these slots, or all there are. */
  allow(space: number, badge: number, slots?: ReadonlySet<number>): void {
    for (const [slot, service] of this.#bySlot) {
      if (slots?.has(slot) ?? true) this.#system.services.allow(space, slot, service, badge);
    }
  }

  /** All of them, in the order of their slots. */
  all(): { readonly slot: number; readonly started: StartedService; readonly service: Service }[] {
    const services = [...this.#services].toSorted(([one], [other]) => one - other);
    return services.map(([slot, service]) => ({
      slot,
      service,
      started: this.#bySlot.get(slot)!,
    }));
  }

  /** How many of them a process may call that may call these, or all. */
  countFor(slots: ReadonlySet<number> | undefined): number {
    return [...this.#bySlot.keys()].filter((slot) => slots?.has(slot) ?? true).length;
  }

  /** Whether a program was granted the trees as a whole. */
  isGranted(badge: number): boolean {
    return this.#granted.has(badge);
  }

  /** A program that is put back has what it was granted. */
  grantAgain(badge: number): void {
    this.#granted.add(badge);
  }

  /** A program has ended: its badge means nothing any more. */
  ended(pid: number): void {
    this.#granted.delete(pid);
  }

  /** Whoever had this badge will not come: the servers let go of what was kept for it. */
  forget(badge: number): void {
    for (const service of this.#bySlot.values()) this.#system.services.clientGone(service, badge);
  }

  /** Descriptors 0 to 2 of a program that has the console to itself. */
  streams(): Descriptor[] {
    const { console, streams = console.streams } = this.#options;
    return streams.map((kind, stream) =>
      streamRow(InitialSlot.console, stream, {
        filetype: filetypeOfStream(kind),
        isTerminal: kind === "terminal",
      }),
    );
  }

  /** The descriptors that follow: listeners for the first program, granted trees for all. */
  granted(pid: number): Descriptor[] {
    this.#granted.add(pid);
    const listeners = pid === firstPid ? (this.#options.network?.listeners ?? []) : [];
    return [
      ...listeners.map((_, i) => listenerRow(InitialSlot.network, i)),
      ...this.#options.grants.map(({ guest }, i) => preopenRow(InitialSlot.firstFiles + i, guest)),
    ];
  }

  #serveConsole(device: ConsoleDevice): void {
    const console = this.serve(InitialSlot.console, this.console);
    device.onReady = () => console.raise(1);
  }

  #serveNetwork(device: NodeNetwork): void {
    const service = new NetworkService(device, [firstPid]);
    const network = this.serve(InitialSlot.network, service);
    device.onReady = () => {
      if (service.needsSignal()) network.raise(1);
    };
  }
}

function cpuNs(): bigint {
  const { user, system } = process.cpuUsage();
  return BigInt(user + system) * 1000n;
}
