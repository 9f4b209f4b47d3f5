// Running programs with what they were granted, on a system of their own: one alone, or several joined
// by pipes. They end when all have ended and everything they wrote has reached the host.
import { Preemption } from "../kernel/index.ts";
import { createNodeMachine } from "../machine/node/index.ts";
import type { ExecutionModel, PreparedModule } from "../process/index.ts";
import type { ConsoleDevice } from "../server/console/index.ts";
import { NodeConsole, type NodeNetwork } from "../server/node/index.ts";
import type { ConnectService } from "../server/session/index.ts";
import type { CapturePolicy } from "./capture/capture-policy.ts";
import { SessionCapture } from "./capture/capture-session.ts";
import type { ServedName } from "./session/gateway.ts";
import type { Grant } from "./grants.ts";
import { Operator } from "./capture/operator.ts";
import { PauseDoor } from "./capture/pause.ts";
import { type ProgramEnd, type ProgramSpec, Session } from "./session.ts";
import { System } from "./system.ts";

export interface RunOptions {
  readonly grants: readonly Grant[];
  /** See `ServersOptions.streams`. */
  readonly streams?: ConsoleDevice["streams"] | undefined;
  /** The listeners that the first program finds open from descriptor 3 on; without, no network at all. */
  readonly network?: NodeNetwork | undefined;
  /** The name under which the first program serves other OS processes. */
  readonly serve?: ServedName | undefined;
  /** Servers in other OS processes, from slot `connected` on. */
  readonly connections?: readonly ConnectService[] | undefined;
  readonly model?: ExecutionModel;
  readonly preemption?: keyof typeof Preemption;
  readonly fuelSlice?: number | undefined;
  /** How modules are prepared that the programs themselves start; without, they can start none. */
  readonly prepare?: ((code: Uint8Array) => Promise<PreparedModule>) | undefined;
  /** Gets a line for every call that a program makes. */
  readonly trace?: ((line: string) => void) | undefined;
  /** Where the standard streams lead; those of this process unless given. */
  readonly console?: ConsoleDevice;
  /** Called when everything is set up and the first program's first instruction is next. */
  readonly onStart?: () => void;
  /** Gets the session at that moment. */
  readonly onSession?: ((session: Session) => void) | undefined;
  /** A server broke while it answered a program. */
  readonly onServiceFault?: (service: string, error: unknown) => void;
  /** Counts changes of hands, for a watchdog. */
  readonly beat?: Int32Array | undefined;
  /** Called when nothing runs and nothing is due. */
  readonly onIdle?: (() => void) | undefined;
  /** The programs are prepared to be captured, and somebody may want to. */
  readonly capture?: CaptureOptions | undefined;
}

export interface CaptureOptions {
  readonly policy: CapturePolicy;
  /** Gets what captures the session, and the session, when it is there. */
  readonly onSession: (capture: SessionCapture, session: Session) => void;
  /** After so many calls of the programs `onDue` is called, from within the last of them. */
  readonly afterCalls?: number | undefined;
  readonly onDue?: (() => void) | undefined;
}

export interface RunProgramOptions extends RunOptions, ProgramSpec {}

export interface RunPipelineOptions extends RunOptions {
  /** The output of each is the input of the next. */
  readonly programs: readonly ProgramSpec[];
}

export async function runProgram(options: RunProgramOptions): Promise<ProgramEnd> {
  const { prepared, args, env } = options;
  const [end] = await runPipeline({ ...options, programs: [{ prepared, args, env }] });
  return end!;
}

/** Runs programs joined by pipes. Answers how each of them ended, in order, once all have. */
export function runPipeline(options: RunPipelineOptions): Promise<readonly ProgramEnd[]> {
  const clocks = options.programs.map(({ durable }) => durable?.clockNs ?? 0);
  const startNs = Math.max(0, ...clocks);
  return runSession(options, (session) => session.start(options.programs), startNs);
}

/** Runs what `begin` starts in a new session, whose clock shows `startNs` at first. */
export async function runSession(
  options: RunOptions,
  begin: (session: Session) => Promise<readonly ProgramEnd[]>,
  startNs = 0,
): Promise<readonly ProgramEnd[]> {
  const machine = createNodeMachine({ startNs });
  const crash = Promise.withResolvers<never>();
  const system = new System({
    machine,
    preemption: Preemption[options.preemption ?? "none"],
    ...(options.beat === undefined ? {} : { beat: options.beat }),
    ...(options.onIdle === undefined ? {} : { onIdle: options.onIdle }),
    onServiceFault: options.onServiceFault,
    onCrash: (error) => crash.reject(error instanceof Error ? error : new Error(String(error))),
  });
  const console = options.console ?? new NodeConsole();
  const { capture } = options;
  const pause = capture && new PauseDoor(system.core, capture.afterCalls, capture.onDue);
  const session = new Session(system, { ...options, console, pause });
  try {
    const ended = begin(session);
    capture?.onSession(
      new SessionCapture(session, new Operator(system.core), capture.policy),
      session,
    );
    options.onSession?.(session);
    options.onStart?.();
    system.core.start();
    const ends = await Promise.race([ended, crash.promise]);
    const isToComeBack = ends.some(({ fault }) => fault !== undefined);
    for (const connection of options.connections ?? []) connection.close(isToComeBack);
    await session.gateway?.close();
    // What the programs wrote is still to reach whoever reads it.
    await Promise.all([console.drained?.(), options.network?.close()]);
    return ends;
  } finally {
    machine.close();
  }
}
