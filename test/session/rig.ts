// A named server and its clients on systems of their own in this process, joined by a real socket, where a
// test can count what each of them holds.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  connectTo,
  prepareModule,
  type ProgramEnd,
  Session,
  SessionKeys,
  System,
} from "../../src/boot/index.ts";
import { verify } from "../../src/kernel/index.ts";
import { createNodeMachine } from "../../src/machine/node/index.ts";
import type { NamePlace } from "../../src/server/session/index.ts";
import { FakeDevice } from "../wasi/console-device.ts";

/** A directory for one socket. */
export function makePlace(): NamePlace & { readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), "shoal-socket-"));
  mkdirSync(directory, { recursive: true });
  return {
    serverName: "test",
    directory,
    socketPath: join(directory, "socket"),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function makeSystem() {
  const machine = createNodeMachine();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const system = new System({ machine, onCrash: failed.reject });
  const counts = (): readonly number[] => {
    verify(system.core.kernel);
    return system.core.kernel.tables.map((table) => table?.liveCount ?? 0);
  };
  const stop = (): void => {
    system.core.stop();
    machine.close();
  };
  return { system, failed: failed.promise, counts, stop };
}

export interface ServerRig {
  /** Live kernel objects by kind. */
  readonly counts: () => readonly number[];
  readonly sessions: () => { readonly sessions: number; readonly connected: number };
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

/** Runs a program as the server of a place; its socket is open when this ends. */
export async function startServer(module: Uint8Array, place: NamePlace): Promise<ServerRig> {
  const { system, failed, counts, stop } = makeSystem();
  const opened = Promise.withResolvers<void>();
  const serve = {
    place,
    keys: new SessionKeys(),
    epoch: 1,
    onOpen: opened.resolve,
    onError: opened.reject,
  };
  const session = new Session(system, { grants: [], console: new FakeDevice(), serve });
  const prepared = await prepareModule(module, { fuel: false, capture: "none" });
  void session.start([{ prepared, args: ["server"], env: [] }]);
  system.core.start();
  await Promise.race([opened.promise, failed]);
  const { gateway, listener, close } = session.gateway!;
  return {
    counts,
    sessions: () => gateway.counts,
    connections: () => listener.connectionCount,
    async stop() {
      await close();
      stop();
    },
  };
}

/** Runs a program as a client of a place, to its end. */
export async function runClient(
  module: Uint8Array,
  args: readonly string[],
  place: NamePlace,
  timeoutMs = 2000,
): Promise<{ readonly end: ProgramEnd; readonly output: string; readonly failures: string[] }> {
  const { system, failed, stop } = makeSystem();
  const failures: string[] = [];
  const onFailure = (_: string, reason: string): void => void failures.push(reason);
  const connection = connectTo({ place, timeoutMs, onFailure });
  const console = new FakeDevice();
  const session = new Session(system, { grants: [], console, connections: [connection] });
  const prepared = await prepareModule(module, { fuel: false, capture: "none" });
  const ended = session.start([{ prepared, args: ["client", ...args], env: [] }]);
  system.core.start();
  const [end] = await Promise.race([ended, failed]);
  connection.close();
  stop();
  return { end: end!, output: console.output[1]!, failures };
}
