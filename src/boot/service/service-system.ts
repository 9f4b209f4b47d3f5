// A system of services for code of the host: `boot()` makes one, `spawn` starts services in it and answers
// with typed clients of them. It lives in the process that makes it, and ends with it.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultLimits, Kind, type Limits, Right, slotsPerSpace } from "../../abi/index.ts";
import { grant } from "../../kernel/index.ts";
import { createNodeMachine } from "../../machine/node/index.ts";
import type { Machine } from "../../machine/machine.ts";
import {
  bundleService,
  type FrozenState,
  realmCode,
  RealmScript,
  sharedServiceMemory,
} from "../../process/index.ts";
import {
  type Client,
  clientOf,
  type ErrorClass,
  type Methods,
  type ServiceDefinition,
  type ServiceModule,
} from "../../service/index.ts";
import type { DurableOptions } from "../durable/durable.ts";
import { System } from "../system.ts";
import type { StartedService } from "../system-options.ts";
import { freezeService } from "./freeze-service.ts";
import { HostCaller, hostSlots } from "./host-caller.ts";
import { HostLink } from "./host-link.ts";
import { makeService, type RunnableService, type ServiceParts } from "./make-service.ts";
import { PowerService } from "./power-service.ts";
import { type GrantedServer, ServerCallers } from "./server-callers.ts";

export interface BootOptions {
  /** How many objects the kernel has room for. */
  readonly limits?: Partial<Limits> | undefined;
  /** Gets a line for each that a service logs, and for each of its mistakes that nobody is told of otherwise. */
  readonly log?: ((service: string, line: string) => void) | undefined;
}

/** What a service can be granted: another service of the system, or methods that run in the host. */
export type ServiceGrant = AsyncDisposable | ServiceModule["default"];

export interface SpawnOptions {
  /** What it is called in logs; the name of its file unless given. */
  readonly name?: string | undefined;
  /** What it may call, by the names under which it asks for them. */
  readonly grants?: Readonly<Record<string, ServiceGrant>> | undefined;
  /** Classes that its errors are instances of at this client, by their names. */
  readonly errors?: readonly ErrorClass[] | undefined;
  /** Makes its realm when it is first called, not now: what is wrong with it is found then. */
  readonly lazy?: boolean | undefined;
  /** What it goes on from, of another service: `freeze` gives it. Its form may be another, if it has an `upgrade`. */
  readonly from?: FrozenState | undefined;
  /** The log that it is brought up from, and goes on with, as `openDurableServer` opens it. */
  readonly durable?: DurableOptions | undefined;
}

/** What a client of this system is a client of. */
interface Spawned {
  readonly service: RunnableService;
  readonly path: string;
  readonly options: SpawnOptions;
}

export class ServiceSystem implements AsyncDisposable {
  readonly system: System;
  readonly #machine: Machine;
  readonly #caller: HostCaller;
  readonly #options: BootOptions;
  readonly #memory = sharedServiceMemory();
  readonly #scripts = new Map<string, Promise<RealmScript>>();
  readonly #services: RunnableService[] = [];
  readonly #started = new WeakMap<object, StartedService>();
  readonly #spawned = new WeakMap<object, Spawned>();
  #runtime: Promise<RealmScript> | undefined;
  #nextSlot: number = hostSlots.firstFree;
  #lastBadge = 0;

  constructor(options: BootOptions) {
    this.#options = options;
    this.#machine = createNodeMachine();
    this.system = new System({
      machine: this.#machine,
      limits: { ...defaultLimits, ...options.limits },
      onCrash: (error) => {
        throw error;
      },
      onServiceFault: (service, error) => this.#log(service, `it broke: ${String(error)}`),
    });
    this.#caller = new HostCaller(this.system.core);
    this.system.core.start();
  }

  /**
   * Starts a service from its module.
   *
   * @param file path, from the working directory, or URL of the module
   * @throws ServiceLoadError if it cannot be loaded; the message says what to do
   */
  async spawn<T extends ServiceModule>(
    file: string | URL,
    options: SpawnOptions = {},
  ): Promise<Client<T>> {
    const path = file instanceof URL ? fileURLToPath(file) : resolve(file);
    const { name = nameOf(path), grants = {}, lazy, durable, from } = options;
    if (from !== undefined && durable !== undefined) {
      throw new TypeError("a durable service goes on from its log: spawn it without from");
    }
    const [runtime, script] = await Promise.all([this.#realmScript(), this.#scriptOf(path)]);
    const callers = new ServerCallers(
      this.system,
      Object.values(grants).map((one) => this.#granted(one)),
    );
    const parts: ServiceParts = {
      name,
      runtime,
      script,
      grants: Object.keys(grants),
      realtimeNs: () => this.#machine.realtimeNs(),
      ask: (target, question, over) => callers.ask(target, question, over),
      say: (line) => this.#log(name, line),
      onFailure: (error) => this.#log(name, String(error)),
      from,
    };
    const service = makeService(parts, durable);
    if (lazy !== true || durable !== undefined) service.open();
    this.#services.push(service);
    const started = this.#start(service);
    // Its thread has had its turn then, and the core is free for calls that are made at once.
    await new Promise((resolve) => setImmediate(resolve));
    const client = this.#clientOf<T>(started, options.errors);
    this.#spawned.set(client, { service, path, options });
    return client;
  }

  /**
   * The state of a service that runs, between two calls: plain data, from which `spawn` begins another, now or later,
   * here or elsewhere. The service goes on. Waits until no call, stream or timer of it is open.
   *
   * @param waitMs how long, milliseconds; ten seconds unless given
   * @throws FreezeError if something is open even then, or the service is durable, or none of this system
   * @throws ServiceLoadError if its state is no plain data; the message says which part of it
   */
  freeze<T extends ServiceModule>(client: Client<T>, waitMs?: number): Promise<FrozenState> {
    return freezeService(this.#spawned.get(client)?.service, waitMs);
  }

  /**
   * A copy of a service that runs, with the state that it has now and the same grants; both go on by themselves.
   *
   * @throws FreezeError, ServiceLoadError as `freeze` does
   */
  async fork<T extends ServiceModule>(client: Client<T>): Promise<Client<T>> {
    const from = await this.freeze(client);
    const { path, options } = this.#spawned.get(client)!;
    return this.spawn<T>(path, { ...options, lazy: false, from });
  }

  /** A client of methods that run in the host: the same that a service has when it is granted them. */
  serve<S, M extends Methods<S>>(
    name: string,
    definition: ServiceDefinition<S, M>,
  ): Client<{ readonly default: ServiceDefinition<S, M> }> {
    return this.#clientOf(this.#serve(name, definition as never), undefined);
  }

  /** Ends the system and what runs in it. Calls that are open reject. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#caller.close();
    for (const service of this.#services) service.close();
    this.system.core.stop();
    this.#machine.close();
  }

  #serve(name: string, definition: ServiceDefinition<unknown, Methods<unknown>>): StartedService {
    const power = new PowerService(name, definition);
    return this.#start(power);
  }

  #start(service: RunnableService | PowerService): StartedService {
    const started = this.system.services.serve(service, this.#memory);
    service.onReady = () => started.raise(1);
    // The core may be idle: a task lets the thread of the service run.
    this.#machine.post(() => undefined);
    return started;
  }

  #granted(one: ServiceGrant): GrantedServer {
    const started = this.#started.get(one) ?? this.#serve("power", one as never);
    return { endpoint: started.endpoint, badge: ++this.#lastBadge };
  }

  #clientOf<T extends ServiceModule>(
    started: StartedService,
    errors: readonly ErrorClass[] | undefined,
  ): Client<T> {
    const slot = this.#nextSlot++;
    if (slot >= slotsPerSpace) {
      throw new RangeError(`a system has room for ${slotsPerSpace - hostSlots.firstFree} services`);
    }
    const badge = ++this.#lastBadge;
    grant(this.system.core.kernel, this.#caller.space, slot, {
      kind: Kind.endpoint,
      row: started.endpoint,
      rights: Right.send,
      badge,
    });
    const link = new HostLink(this.#caller, slot, started.name);
    const identity = process.getBuiltinModule("node:crypto").randomFillSync(new Int32Array(2));
    const client = clientOf<T>({ link, errors, identity: [identity[0], identity[1]] });
    this.#started.set(client, started);
    return client;
  }

  #realmScript(): Promise<RealmScript> {
    return (this.#runtime ??= realmCode().then((code) => new RealmScript(code)));
  }

  /** A module is bundled once, for all services that are made of it. */
  #scriptOf(path: string): Promise<RealmScript> {
    let script = this.#scripts.get(path);
    if (script === undefined) {
      script = bundleService(path).then((code) => new RealmScript(code));
      this.#scripts.set(path, script);
    }
    return script;
  }

  #log(service: string, line: string): void {
    const { log = (name, text) => console.error(`${name}: ${text}`) } = this.#options;
    log(service, line);
  }
}

/** Makes a system in this process: `await using system = await boot()`. */
export async function boot(options: BootOptions = {}): Promise<ServiceSystem> {
  return new ServiceSystem(options);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
}
