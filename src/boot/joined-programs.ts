// Programs in a row, each one's output the next one's input: their descriptors, and that those which are
// durable come back together.
import { InitialSlot } from "../abi/index.ts";
import type { PipeService } from "../server/pipe/index.ts";
import { Access, Filetype } from "../userlib/index.ts";
import { type Descriptor, DescriptorTable, openedRow } from "../wasi/index.ts";
import { DurableTree, type TreePipe } from "./durable/durable-tree.ts";
import type { Servers } from "./servers.ts";
import type { ProgramSpec } from "./session.ts";

export interface Joined {
  readonly tables: readonly DescriptorTable[];
  /** One between each program and the next. */
  readonly pipes: readonly TreePipe[];
}

/** Those at the ends have the console, the others pipes. `server` is needed where there are several. */
export function joinPrograms(
  pids: readonly number[],
  servers: Servers,
  server: PipeService | undefined,
): Joined {
  const rows = pids.map(() => servers.streams());
  const pipes = pids.slice(1).map((reader, i) => {
    const pipe = server!.connect(reader, pids[i]!);
    rows[i]![1] = pipeRow(pipe.write, Access.write);
    rows[i + 1]![0] = pipeRow(pipe.read, Access.read);
    return pipe;
  });
  const tables = pids.map((pid, i) => new DescriptorTable([...rows[i]!, ...servers.granted(pid)]));
  return { tables, pipes };
}

/** Durable programs that are joined by pipes come back together, and so do the pipes. */
export function boundTogether(
  programs: readonly ProgramSpec[],
  badges: readonly number[],
  pipes: readonly TreePipe[],
  server: PipeService | undefined,
): readonly ProgramSpec[] {
  if (pipes.length === 0 || programs.some(({ durable }) => durable === undefined)) {
    return programs;
  }
  const tree = new DurableTree({ badges, pipes, onPipes: (state) => server!.replace(state) });
  return programs.map((spec, i) => ({
    ...spec,
    durable: { ...spec.durable!, ...tree.member(i) },
  }));
}

function pipeRow(handle: number, access: number): Descriptor {
  return openedRow(InitialSlot.pipes, handle, Filetype.unknown, access);
}
