// The web server of the examples, running in this process on a system of its own, where a test can count
// what it holds.
import { readFile } from "node:fs/promises";
import {
  type Grant,
  type PreparedModule,
  prepareModule,
  type ProgramEnd,
  Session,
  System,
} from "../../src/boot/index.ts";
import { verify } from "../../src/kernel/index.ts";
import { createNodeMachine } from "../../src/machine/node/index.ts";
import { NodeNetwork } from "../../src/server/node/index.ts";
import { FakeDevice } from "../wasi/console-device.ts";

export interface Serving {
  readonly port: number;
  readonly network: NodeNetwork;
  readonly console: FakeDevice;
  /** How the program ended. */
  readonly ended: Promise<ProgramEnd>;
  /** Live kernel objects by kind, connections and resources of the host. */
  counts(): unknown;
  /** Timers of this process, some of them the test's own. */
  timers(): number;
  stop(): Promise<void>;
}

export interface ServingOptions {
  readonly model?: "process" | "interrupt";
  readonly args?: readonly string[];
  readonly grants?: readonly Grant[];
  readonly trace?: (line: string) => void;
}

export async function serve(path: string, options: ServingOptions = {}): Promise<Serving> {
  const { model = "process", args = [], grants = [], trace } = options;
  const capture = model === "interrupt" ? "asyncify" : "none";
  const prepare = (code: Uint8Array): Promise<PreparedModule> =>
    prepareModule(code, { fuel: false, capture });
  const prepared = await prepare(await readFile(path));
  const network = new NodeNetwork();
  const { address } = await network.listen({ host: "127.0.0.1", port: 0 });
  const machine = createNodeMachine();
  const failed = Promise.withResolvers<never>();
  const system = new System({ machine, onCrash: failed.reject });
  const console = new FakeDevice();
  const session = new Session(system, { grants, network, console, model, trace, prepare });
  const started = session.start([{ prepared, args: ["server", ...args], env: [] }]);
  system.core.start();
  const ended = Promise.race([started.then(([end]) => end!), failed.promise]);
  return {
    port: address.port,
    network,
    console,
    ended,
    counts: () => ({
      objects: system.core.kernel.tables.map((table) => table?.liveCount ?? 0),
      connections: network.connectionCount,
      sockets: process.getActiveResourcesInfo().filter((one) => one.startsWith("TCP")).length,
    }),
    timers: () => process.getActiveResourcesInfo().filter((one) => one === "Timeout").length,
    async stop() {
      await network.close();
      verify(system.core.kernel);
      system.core.stop();
      machine.close();
    },
  };
}
