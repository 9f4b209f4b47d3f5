// Rights, as WASI numbers them. They are reported, since programs look at them, and never used to
// refuse: what a descriptor can do is decided by how it was opened and by its server.
import { Access, Filetype } from "../userlib/index.ts";

export const Right = {
  fdDatasync: 1 << 0,
  fdRead: 1 << 1,
  fdSeek: 1 << 2,
  fdFdstatSetFlags: 1 << 3,
  fdSync: 1 << 4,
  fdTell: 1 << 5,
  fdWrite: 1 << 6,
  fdAdvise: 1 << 7,
  fdAllocate: 1 << 8,
  fdReaddir: 1 << 14,
  fdFilestatGet: 1 << 21,
  fdFilestatSetSize: 1 << 22,
  fdFilestatSetTimes: 1 << 23,
  pollFdReadwrite: 1 << 27,
  sockShutdown: 1 << 28,
  sockAccept: 1 << 29,
} as const;

export const allRights = (1 << 30) - 1;

const streamRights =
  Right.fdRead |
  Right.fdWrite |
  Right.fdFdstatSetFlags |
  Right.fdFilestatGet |
  Right.pollFdReadwrite;

const fileRights =
  streamRights |
  Right.fdDatasync |
  Right.fdSync |
  Right.fdSeek |
  Right.fdTell |
  Right.fdAdvise |
  Right.fdAllocate |
  Right.fdFilestatSetSize |
  Right.fdFilestatSetTimes;

/** Everything about paths, and what can be done to a directory itself. */
const directoryRights =
  (allRights & ~(fileRights | Right.sockShutdown | Right.sockAccept)) |
  Right.fdFdstatSetFlags |
  Right.fdSync |
  Right.fdDatasync |
  Right.fdFilestatGet |
  Right.fdFilestatSetTimes;

/** The rights that mean something for a descriptor of this type, opened with this access. */
export function rightsOf(filetype: number, access: number): number {
  if (filetype === Filetype.directory) return directoryRights;
  const isFile = filetype === Filetype.regularFile || filetype === Filetype.blockDevice;
  let rights = isFile ? fileRights : streamRights;
  if ((access & Access.read) === 0) rights &= ~Right.fdRead;
  if ((access & Access.write) === 0) rights &= ~Right.fdWrite;
  return rights;
}

/**
 * The access that a path_open means. Today's programs may ask for no rights at all: that is an open
 * for reading, as with O_RDONLY, which is 0 elsewhere.
 */
export function accessOf(rights: number): number {
  const wantsRead = (rights & (Right.fdRead | Right.fdReaddir)) !== 0;
  const wantsWrite = (rights & (Right.fdWrite | Right.fdAllocate | Right.fdFilestatSetSize)) !== 0;
  return (wantsRead || !wantsWrite ? Access.read : 0) | (wantsWrite ? Access.write : 0);
}
