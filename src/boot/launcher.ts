// Starting a process at the wish of another: prepares the module that came in messages, lets the new
// process call the servers of the descriptors that it inherits and those that every program has, and
// tells the process server how it went.
import { InitialSlot } from "../abi/index.ts";
import { InvalidModuleError, LinkError, type PreparedModule } from "../process/index.ts";
import type { Launcher, StartDescriptor, StartRequest } from "../server/process/index.ts";
import { Errno } from "../userlib/index.ts";
import { type Descriptor, DescriptorTable } from "../wasi/index.ts";
import type { ProgramSpec, Session } from "./session.ts";

type Prepare = (code: Uint8Array) => Promise<PreparedModule>;

/** What every process may call, whatever it inherits. */
const usualSlots = [
  InitialSlot.clock,
  InitialSlot.entropy,
  InitialSlot.processes,
  InitialSlot.pipes,
];

export function createLauncher(session: Session, prepare: Prepare | undefined): Launcher {
  const tell = (pid: number, errno: number): void => {
    const { processes, started } = session.processServers!;
    processes.launched(pid, errno);
    started.raise(1);
  };
  return {
    launch(pid, parent, request, code) {
      const refused = refusal(session, parent, request, prepare);
      if (prepare === undefined || refused !== Errno.success) {
        tell(pid, refused);
        return;
      }
      prepare(code).then(
        (prepared) =>
          session.system.core.machine.post(() =>
            launchNow(session, pid, { prepared, code }, request, tell),
          ),
        (error: unknown) => tell(pid, errnoOf(error)),
      );
    },
    abandon: (pid) => session.servers.forget(pid),
  };
}

/** Nobody can pass on what it has not: every server that the child is to call, its parent may call. */
function refusal(
  session: Session,
  parent: number,
  { descriptors }: StartRequest,
  prepare: Prepare | undefined,
): number {
  if (prepare === undefined) return Errno.notsup;
  const isHad = descriptors.every(({ server }) => session.mayCall(parent, server));
  return isHad ? Errno.success : Errno.perm;
}

function launchNow(
  session: Session,
  pid: number,
  program: Pick<ProgramSpec, "prepared" | "code">,
  request: StartRequest,
  tell: (pid: number, errno: number) => void,
): void {
  // It was killed, or its parent ended, while it was prepared.
  if (!session.processServers!.processes.isLaunching(pid)) return;
  const { args, env, descriptors } = request;
  const slots = new Set<number>([...usualSlots, ...descriptors.map(({ server }) => server)]);
  try {
    const table = new DescriptorTable(rowsOf(descriptors));
    session.run(pid, { ...program, args, env }, table, () => undefined, slots);
    tell(pid, Errno.success);
  } catch (error) {
    tell(pid, errnoOf(error));
  }
}

function rowsOf(descriptors: readonly StartDescriptor[]): (Descriptor | null)[] {
  const rows: (Descriptor | null)[] = [];
  for (const { fd, ...row } of descriptors) {
    while (rows.length <= fd) rows.push(null);
    rows[fd] = row;
  }
  return rows;
}

/** Whatever is wrong with a module is the fault of who gave it; anything else is ours. */
function errnoOf(error: unknown): number {
  if (error instanceof InvalidModuleError || error instanceof LinkError) return Errno.noexec;
  if (error instanceof RangeError) return Errno.nomem;
  if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) {
    return Errno.noexec;
  }
  throw error;
}
