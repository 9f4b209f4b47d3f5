// Putting a captured session back: servers first, with what their clients have; then the programs, stopped where
// they were; then what the kernel is to know of their threads, by the operator's calls; and last they go on.
import { Kind, stateWord } from "../../abi/index.ts";
import { CaptureError, type PreparedModule } from "../../process/index.ts";
import { DescriptorTable } from "../../wasi/index.ts";
import { threadResumed } from "./capture-session.ts";
import type { Operator } from "./operator.ts";
import type { ProgramEnd, Session } from "../session.ts";
import type { ProgramContent, SessionContent } from "./session-content.ts";

interface Stopped {
  readonly thread: number;
  readonly ready: number;
  readonly words: readonly number[];
}

/**
 * Puts programs back into a new session with the same grants. `prepared`: by index of the code. Answers how
 * each will have ended, in the order of the content.
 *
 * @throws CaptureError or ClientStateError with the reason, if something is not as it was
 */
export function restoreSession(
  session: Session,
  operator: Operator,
  content: SessionContent,
  prepared: readonly PreparedModule[],
): Promise<readonly ProgramEnd[]> {
  if (content.lastPid !== null) session.withProcesses(content.lastPid);
  restoreServers(session, content);
  const stopped: Stopped[] = [];
  const ends = content.programs.flatMap((program) => {
    const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
    stopped.push(restoreProgram(session, operator, program, content, prepared, resolve));
    return program.isFirst ? [promise] : [];
  });
  const resumed = operator.perform((calls) => {
    for (const { thread, ready, words } of stopped) {
      calls.setState(thread, words);
      threadResumed(calls, thread, ready);
    }
  });
  return resumed.then(() => Promise.all(ends));
}

function restoreServers(session: Session, { servers, programs, input }: SessionContent): void {
  for (const { pid, isGranted } of programs) if (isGranted) session.servers.grantAgain(pid);
  const there = new Map(session.servers.all().map(({ slot, service }) => [slot, service]));
  for (const { slot, name, state } of servers) {
    const service = there.get(slot);
    if (service?.states === undefined || service.name !== name) {
      throw new CaptureError(`The image needs the server ${name}, which is not there.`);
    }
    service.states.importClients(state);
  }
  session.servers.console.giveUnread(input);
}

function restoreProgram(
  session: Session,
  operator: Operator,
  program: ProgramContent,
  { codes }: SessionContent,
  prepared: readonly PreparedModule[],
  onEnd: (end: ProgramEnd) => void,
): Stopped {
  const { pid, args, env, rows, state, isServer } = program;
  const slots = program.slots === null ? undefined : new Set(program.slots);
  const spec = { prepared: prepared[program.code]!, args, env, code: codes[program.code]! };
  const table = new DescriptorTable(rows);
  const restored = session.restore({ pid, spec, table, slots, isServer }, state, onEnd);
  const [first] = program.threads;
  const row = first === undefined ? undefined : restored.threads.get(first.id);
  if (first === undefined || row === undefined || program.threads.length > 1) {
    throw new CaptureError(`The image of ${args[0]} has no thread to go on with, or several.`);
  }
  const ready = session.system.services.readinessOf(restored.space);
  return {
    thread: operator.give(Kind.thread, row),
    ready: operator.give(Kind.notification, ready),
    words: withoutReferences(first.words),
  };
}

const referenceWords = [stateWord("thread", "reply"), stateWord("thread", "owed")];

/** References were not asked for, and mean nothing here. */
function withoutReferences(words: readonly number[]): readonly number[] {
  return words.map((word, at) => (referenceWords.includes(at) ? 0 : word));
}
