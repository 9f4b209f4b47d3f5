// A service that is run by itself, under a name: what `shoal run notes.ts` puts together. Other OS processes
// call it through a gateway; with a log it is brought up again as it was.
import { createNodeMachine } from "../../machine/node/index.ts";
import { realmCode, RealmScript, type ServiceCode, ServiceLoadError } from "../../process/index.ts";
import type { ConnectService } from "../../server/session/index.ts";
import type { DurableOptions } from "../durable/durable.ts";
import type { ControlledSession } from "../session/control.ts";
import { describeService } from "../session/description.ts";
import { openGateway, type RunningGateway, type ServedName } from "../session/gateway.ts";
import { System } from "../system.ts";
import { DurableService } from "./durable/durable-service.ts";
import type { ServiceCodes } from "./durable/service-codes.ts";
import { UpgradeError } from "./durable/service-trial.ts";
import { makeService, type ServiceParts } from "./make-service.ts";
import { ServerCallers } from "./server-callers.ts";
import { writeServiceFile } from "./service-file.ts";

export interface RunServiceOptions {
  readonly name: string;
  readonly code: ServiceCode;
  /** Of a durable service: the codes that it has had, and its data directory. */
  readonly codes?: ServiceCodes | undefined;
  readonly data?: string | undefined;
  readonly serve: ServedName;
  /** By name, the servers in other OS processes that it may call. */
  readonly connections: Readonly<Record<string, ConnectService>>;
  /** With it the service is durable. */
  readonly durable?: DurableOptions | undefined;
  readonly say: (line: string) => void;
  /** It cannot go on. */
  readonly onFailure: (error: unknown) => void;
  readonly beat?: Int32Array | undefined;
  readonly onIdle?: (() => void) | undefined;
}

export interface RunningService {
  readonly gateway: RunningGateway;
  /** What answers whoever asks for it by its name. */
  readonly controlled: ControlledSession;
  close(): Promise<void>;
}

/** By which a service is known to the servers that it calls, as the first program of a session is. */
const ownBadge = 1;

/** @throws ServiceLoadError, DivergenceError, LostImageError */
export async function runService(options: RunServiceOptions): Promise<RunningService> {
  const { connections, durable, serve, onFailure, beat, onIdle } = options;
  const runtime = new RealmScript(await realmCode());
  const machine = createNodeMachine();
  const system = new System({
    machine,
    onCrash: onFailure,
    onServiceFault: (_, error) => onFailure(error),
    ...(beat === undefined ? {} : { beat }),
    ...(onIdle === undefined ? {} : { onIdle }),
  });
  const callers = new ServerCallers(system, serveConnections(system, Object.values(connections)));
  const ask: ServiceParts["ask"] = (target, question, over) => callers.ask(target, question, over);
  const { codes } = options;
  const script = codes?.scriptOf(codes.first) ?? scriptOf(options.code);
  const grants = Object.keys(connections);
  const parts = {
    ...options,
    runtime,
    script,
    ask,
    grants,
    realtimeNs: () => machine.realtimeNs(),
  };
  const service = makeService(parts, durable);
  service.open();
  const started = system.services.serve(service);
  service.onReady = () => started.raise(1);
  // There may be something to do already.
  service.onReady();
  const gateway = openGateway(system, started.endpoint, serve);
  durable?.onLive?.();
  system.core.start();
  return {
    gateway,
    controlled: {
      describe: () => describeService(system, gateway),
      ...(service instanceof DurableService ? controlOf(service, options) : notDurable),
    },
    async close() {
      service.close();
      for (const connection of Object.values(connections)) connection.close();
      await gateway.close();
      system.core.stop();
      machine.close();
    },
  };
}

const notKept = "its log ends with its process: start it with --durable";

const notDurable: Pick<ControlledSession, "upgrade" | "freeze"> = {
  upgrade: () => Promise.reject(new UpgradeError(notKept)),
  freeze: () => Promise.reject(new UpgradeError(notKept)),
};

/** What can be asked of a durable service, as long as its codes outlive it. */
function controlOf(
  service: DurableService,
  { name, data, codes }: RunServiceOptions,
): Pick<ControlledSession, "upgrade" | "freeze"> {
  if (codes === undefined || data === undefined) return notDurable;
  return {
    upgrade: (code, manner) => service.upgrade(code, manner),
    async freeze(file, isLast) {
      const beganMs = performance.now();
      const between = await service.stateBetween(isLast);
      const bytes = writeServiceFile(file, { name, data, ...between });
      return { bytes, pausedMs: performance.now() - beganMs };
    },
  };
}

function scriptOf(code: ServiceCode): RealmScript {
  try {
    return new RealmScript(code);
  } catch (error) {
    throw new ServiceLoadError(`${code.file}: ${String(error)}`, { cause: error });
  }
}

function serveConnections(system: System, connections: readonly ConnectService[]) {
  return connections.map((connection) => {
    const started = system.services.serve(connection);
    connection.onReady = () => started.raise(1);
    return { endpoint: started.endpoint, badge: ownBadge };
  });
}
