// The services of a system: TypeScript processes with an endpoint, who may call them, and who is told
// when a client is gone.
import { InitialSlot, Kind, Right } from "../abi/index.ts";
import { createObject, createRootSpace, grant, startThread } from "../kernel/index.ts";
import {
  clientGoneBit,
  ServiceProcess,
  serviceDescriptor,
  serviceSlots,
} from "../process/index.ts";
import type { Service } from "../userlib/index.ts";
import type { CoreLoop } from "./core.ts";
import type { ServiceClient, StartedService } from "./system-options.ts";

export class SystemServices {
  readonly #core: CoreLoop;
  readonly #names = new Map<number, string>();
  /** By space: the notification that its servers raise, and what it is a client of. */
  readonly #readiness = new Map<number, number>();
  readonly #clients = new Map<number, ServiceClient[]>();

  constructor(core: CoreLoop) {
    this.#core = core;
  }

  /** Starts a TypeScript service as a process of its own. `memory`: see `ServiceProcessOptions`. */
  serve(service: Service, memory?: WebAssembly.Memory): StartedService {
    const { kernel, memories } = this.#core;
    const space = createRootSpace(kernel);
    const runner = new ServiceProcess({
      core: this.#core,
      memories,
      space,
      service,
      nowNs: () => this.#core.machine.nowNs(),
      memory,
    });
    const endpoint = createObject(kernel, Kind.endpoint, space, [1, 0, serviceDescriptor]);
    const notification = createObject(kernel, Kind.notification, space);
    grant(kernel, space, serviceSlots.notification, { kind: Kind.notification, row: notification });
    // An endpoint ends with its last name, which is not to be that of a client.
    grant(kernel, space, serviceSlots.endpoint, { kind: Kind.endpoint, row: endpoint });
    const thread = createObject(kernel, Kind.thread, space);
    this.#core.setPortal(endpoint, () => runner.serve());
    this.#core.setRunner(thread, runner);
    startThread(kernel, thread);
    this.#names.set(space, service.name);
    const raise = (bits: number): void => this.#core.raise(notification, bits);
    return { name: service.name, space, endpoint, raise, process: runner };
  }

  /** The name of the service whose space this is. */
  nameOf(space: number): string | undefined {
    return this.#names.get(space);
  }

  /** Gives a process the notification that its servers raise. */
  addReadiness(space: number): void {
    const row = createObject(this.#core.kernel, Kind.notification, space);
    grant(this.#core.kernel, space, InitialSlot.ready, { kind: Kind.notification, row });
    this.#readiness.set(space, row);
  }

  /** The notification of a process that its servers raise. */
  readinessOf(space: number): number {
    return this.#readiness.get(space) ?? 0;
  }

  /** Gives a process the right to call a service; the badge tells the service who calls. */
  allow(space: number, slot: number, service: StartedService, badge: number): void {
    const rights = Right.send | Right.grant | Right.derive;
    grant(this.#core.kernel, space, slot, {
      kind: Kind.endpoint,
      row: service.endpoint,
      rights,
      badge,
    });
    this.#addClient(space, { service, badge });
  }

  /**
   * Gives a service control of a process, in a slot from `serviceSlots.firstProcess` on, so that it can
   * end it by a kernel call of its own.
   */
  entrust(service: StartedService, slot: number, space: number): void {
    const given = { kind: Kind.space, row: space, rights: Right.control };
    grant(this.#core.kernel, service.space, slot, given);
  }

  /** Tells a service that whoever had this badge is gone. */
  clientGone(service: StartedService, badge: number): void {
    service.process.clientGone(badge);
    service.raise(clientGoneBit);
  }

  /** A process is gone: its servers are told. */
  spaceGone(space: number): void {
    this.#readiness.delete(space);
    for (const { service, badge } of this.#clients.get(space) ?? []) {
      this.clientGone(service, badge);
    }
    this.#clients.delete(space);
  }

  #addClient(space: number, client: ServiceClient): void {
    const known = this.#clients.get(space) ?? [];
    if (known.some(({ service }) => service === client.service)) return;
    this.#clients.set(space, [...known, client]);
    const row = this.#readiness.get(space);
    if (row === undefined) return;
    const slot = client.service.process.admit(client.badge);
    const given = { kind: Kind.notification, row, rights: Right.send };
    grant(this.#core.kernel, client.service.space, slot, given);
  }
}
