// The descriptor table of a program: plain data and nothing else, so that what a program has open is
// part of its image. A row says which server keeps the thing open and under which handle; the
// position in a file is the row's, since in WASI no two descriptors share one.
import { Access, Filetype } from "../userlib/index.ts";
import { BitSharers } from "./ready-bit.ts";
import { allRights, rightsOf } from "./rights.ts";

export interface Descriptor {
  /** Slot of the capability to the server. */
  server: number;
  handle: number;
  filetype: number;
  /** A set of `Access`. */
  access: number;
  /** The descriptor's flags: append, dsync, nonblock, rsync, sync. */
  flags: number;
  rights: number;
  inheriting: number;
  /** Where the next read or write begins; used by files only. */
  offset: number;
  /** The path under which the program finds a directory that was granted at its start. */
  preopen: string | null;
}

/** Whether reads and writes go by a position: so with files, not with streams and directories. */
export function isFile({ filetype }: Descriptor): boolean {
  return filetype === Filetype.regularFile || filetype === Filetype.blockDevice;
}

const descriptorCountMax = 65_536;

export class DescriptorTable {
  /** By number. A closed descriptor is a null. */
  readonly rows: (Descriptor | null)[];
  /** What the threads of the process, all of whom have this table, share beside it; nothing while none polls. */
  readonly sharers = new BitSharers();

  constructor(rows: readonly (Descriptor | null)[] = []) {
    this.rows = rows.map((row) => (row === null ? null : copiedRow(row)));
  }

  /** The row of an open descriptor. */
  get(fd: number): Descriptor | undefined {
    return this.rows[fd] ?? undefined;
  }

  /** Whether another descriptor fits. */
  get hasRoom(): boolean {
    return this.rows.length < descriptorCountMax || this.rows.includes(null);
  }

  /** Adds a row under the lowest free number. */
  add(row: Descriptor): number {
    const free = this.rows.indexOf(null);
    if (free < 0) return this.rows.push(row) - 1;
    this.rows[free] = row;
    return free;
  }

  remove(fd: number): void {
    this.rows[fd] = null;
  }

  /** The table as data: what an image holds. */
  exportRows(): (Descriptor | null)[] {
    return this.rows.map((row) => (row === null ? null : { ...row }));
  }
}

function copiedRow(row: Descriptor): Descriptor {
  const copy = openedRow(row.server, row.handle, row.filetype, row.access);
  return Object.assign(copy, row);
}

/** A row for something that a server has just opened. */
export function openedRow(
  server: number,
  handle: number,
  filetype: number,
  access: number,
): Descriptor {
  const rights = rightsOf(filetype, access);
  // Written out, as in `copiedRow`: rows that are made alike are one shape to the engine.
  return {
    server,
    handle,
    filetype,
    access,
    flags: 0,
    rights,
    inheriting: rights,
    offset: 0,
    preopen: null,
  };
}

/** A row for one of the three standard streams. `isTerminal` is what `isatty` is to answer. */
export function streamRow(
  server: number,
  stream: number,
  kind: { readonly filetype: number; readonly isTerminal: boolean },
): Descriptor {
  const access = stream === 0 ? Access.read : Access.write;
  // A terminal may serve all three: programs do read from their standard error.
  const row = openedRow(server, stream, kind.filetype, kind.isTerminal ? 3 : access);
  if (kind.filetype !== Filetype.characterDevice || kind.isTerminal) return row;
  // libc takes a character device for a terminal unless it may be told and sought.
  return { ...row, rights: row.rights | (1 << 2) | (1 << 5) };
}

/** A row for a granted directory: the root of a file server. */
export function preopenRow(server: number, guestPath: string): Descriptor {
  const row = openedRow(server, 0, Filetype.directory, Access.read | Access.write);
  return { ...row, inheriting: allRights, preopen: guestPath };
}
