// A command that keeps one server alive: its supervisor is told by the signals of this process, and its
// end is the end of this process. It is small so that it has little to die of itself, and holds the
// locks, so that no life of the cell ever waits for another.
import type { CellLife } from "./cell.ts";
import { holdSignal } from "./hold.ts";
import { type RestartMode, RestartPolicy } from "./restart-policy.ts";
import { Supervisor, type SupervisorOptions } from "./supervisor.ts";

export interface SuperviseOptions extends Pick<
  SupervisorOptions,
  "serverName" | "commandOf" | "nextEpoch" | "whileHeld" | "hangSeconds" | "standsBy" | "say"
> {
  readonly mode: RestartMode;
  readonly restartLimit: number;
}

const passedOn = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** Exit codes as shells have them: what is added to a signal's number, and that of a cell that was given up. */
const signalExitBase = 128;
const gaveUpCode = 134;

/** Ends with the exit code for this process, when the cell is not to be started again. */
export async function supervise(options: SuperviseOptions): Promise<number> {
  const { mode, restartLimit, serverName, say } = options;
  const policy = new RestartPolicy({ mode, limit: restartLimit });
  let pid: number | undefined;
  const supervisor = new Supervisor({
    ...options,
    policy,
    onChange: () => (pid = supervisor.cell?.pid ?? pid),
  });
  for (const name of passedOn) process.on(name, () => supervisor.stop(name));
  process.on(holdSignal, () => supervisor.renew());
  const end = await supervisor.run();
  if (end.kind === "stopped") return codeOfSignal(end.signal);
  if (end.kind === "ended") return codeOfLife(end.life);
  say(`${serverName} (process ${pid}) ${end.how}; given up: ${end.why}`);
  return gaveUpCode;
}

/** The exit code of a command whose cell had this last life. */
export function codeOfLife({ said, code, signal }: CellLife): number {
  if (said !== undefined) return said.code;
  if (signal === undefined) return code ?? 1;
  return codeOfSignal(signal as NodeJS.Signals);
}

/** The exit code of a process that a signal ended, as shells have it. */
export function codeOfSignal(signal: NodeJS.Signals): number {
  const { constants } = process.getBuiltinModule("node:os");
  return signalExitBase + constants.signals[signal];
}
