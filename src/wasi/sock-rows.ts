// Rows of the descriptor table for sockets, and how to tell that a row is one.
import { Access, Filetype } from "../userlib/index.ts";
import { type Descriptor, openedRow } from "./descriptor-table.ts";
import { Right } from "./rights.ts";

const streamRights = Right.fdFdstatSetFlags | Right.fdFilestatGet | Right.pollFdReadwrite;
const connectionRights = streamRights | Right.fdRead | Right.fdWrite | Right.sockShutdown;
const listenerRights = streamRights | Right.sockAccept;

/** A row for a socket that listens, which the program finds open when it starts. */
export function listenerRow(server: number, handle: number): Descriptor {
  const row = openedRow(server, handle, Filetype.socketStream, Access.read | Access.write);
  return { ...row, rights: listenerRights, inheriting: connectionRights };
}

/** A row for a connection that was accepted; `flags` are the descriptor's own. */
export function connectionRow(server: number, handle: number, flags: number): Descriptor {
  const row = openedRow(server, handle, Filetype.socketStream, Access.read | Access.write);
  return { ...row, flags, rights: connectionRights, inheriting: 0 };
}

export function isSocket({ filetype }: Descriptor): boolean {
  return filetype === Filetype.socketStream || filetype === Filetype.socketDgram;
}

export function isListener(row: Descriptor): boolean {
  return isSocket(row) && (row.inheriting & Right.fdRead) !== 0;
}
