// A descriptor's row as words in memory: how a row travels from one process to another, at a start or in
// whatever message its owner chooses. The handle in it is good for the process that it was opened for.
import { StartRow, startRowWords } from "../userlib/index.ts";
import type { Descriptor } from "./descriptor-table.ts";
import { highWord, lowWord } from "./process.ts";

export const recordBytes = startRowWords * 4;

/** `fd` is the number that the row is to have, and `preopenBytes` those of its path, or -1. */
export interface RecordTarget {
  readonly fd: number;
  readonly handle: number;
  readonly preopenBytes: number;
}

export function writeRecord(view: DataView, row: Descriptor, to: RecordTarget): void {
  const set = (field: number, value: number): void => view.setInt32(field * 4, value, true);
  set(StartRow.fd, to.fd);
  set(StartRow.server, row.server);
  set(StartRow.handle, to.handle);
  set(StartRow.filetype, row.filetype);
  set(StartRow.access, row.access);
  set(StartRow.flags, row.flags);
  set(StartRow.rights, row.rights);
  set(StartRow.inheriting, row.inheriting);
  set(StartRow.offsetLow, lowWord(row.offset));
  set(StartRow.offsetHigh, highWord(row.offset));
  set(StartRow.preopenBytes, to.preopenBytes);
}

/** The row in a record, without a path. Whatever it says, its server decides what it can do. */
export function readRecord(view: DataView): Descriptor {
  const word = (field: number): number => view.getInt32(field * 4, true);
  return {
    server: word(StartRow.server),
    handle: word(StartRow.handle),
    filetype: word(StartRow.filetype) & 7,
    access: word(StartRow.access) & 3,
    flags: word(StartRow.flags) & 31,
    rights: word(StartRow.rights),
    inheriting: word(StartRow.inheriting),
    offset: (word(StartRow.offsetLow) >>> 0) + (word(StartRow.offsetHigh) & 0x1f_ffff) * 2 ** 32,
    preopen: null,
  };
}
