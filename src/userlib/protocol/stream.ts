// What a client says to a server that keeps something open for it: a file, a directory, a console
// stream, later a pipe or a socket. A label says what is asked, w0 is nearly always the handle, and
// numbers of 64 bits take two words, low one first. Bytes travel as strings, straight between the
// client's memory and the server's. The label of the answer is an `Errno`.
//
// A handle belongs to the badge that opened it. Handles 0 to 2 are there from the start: the root of a
// file server, or the three streams of a console.

export const Ask = {
  /**
   * handle, offset (2), count, flags. Answers w0 = count, and the bytes. A stream ignores the offset; for
   * a socket w5 is a set of `ReceiveFlag`.
   */
  read: 1,
  /** handle, offset (2), flags; bytes. Answers w0 = count, w1 w2 = where the write ended. */
  write: 2,
  /** handle, 1 for data alone. */
  sync: 3,
  /** handle. Answers the 64 bytes of a filestat. */
  stat: 4,
  /** handle, size (2). */
  setSize: 5,
  /** handle, offset (2), count (2): makes the file at least that long. */
  allocate: 6,
  /** handle, access time (2), modification time (2), which of them. */
  setTimes: 7,
  /** handle, cookie (2), count. Answers w0 = bytes, and entries as WASI lays them out. */
  readDirectory: 8,
  /** handle. It is closed even if the answer is an error. */
  close: 9,
  /** handle. Answers w0 w1 = size. */
  size: 10,
  /**
   * w0 = a number for the asking thread, w1 = bits or 0, w2 = 1 to go on with its last question; bytes:
   * records of three words (handle, a set of `Interest`, number). Answers w0 = how many are ready, and for
   * each a record (the set with `hangup` added if so, bytes available, number). If none is ready: with
   * w1 = 0 the answer waits until one is; else it says so at once, and the bits are raised in the client's
   * notification (`InitialSlot.ready`) as soon as it is worth asking again. A thread that asks again has
   * given up waiting and watching, and one that asks for no records does only that. Servers answer it with
   * a `ReadyList`.
   */
  ready: 11,
  /**
   * handle, badge. What is open under the handle is opened once more, for the client with that badge, or
   * for the caller itself if that is 0: answers its handle there. Each of the two is closed for itself.
   */
  give: 12,
  /** w0 = capacity in bytes, or 0 for the most. Makes a pipe: answers the handles of its reading and its writing end. */
  pipe: 13,
  /** handle of a listener, descriptor flags. Answers the handle of a connection. */
  accept: 14,
  /** handle of a connection, a set of directions as WASI numbers them. */
  shutdown: 15,
  /** directory, lookup flags, open flags, descriptor flags, access; path. Answers handle, filetype. */
  open: 16,
  /** directory, lookup flags; path. Answers a filestat. */
  statAt: 17,
  /** directory, access time (2), modification time (2), which | lookup flags << 16; path. */
  setTimesAt: 18,
  /** directory; path. */
  makeDirectory: 19,
  removeDirectory: 20,
  unlink: 21,
  /** directory, count; path. Answers w0 = bytes, and the target, cut off at count. */
  readLink: 22,
  /** directory, bytes of the target; target and path. */
  symlink: 23,
  /** directory, other directory, bytes of the old path, lookup flags; old path and new path. */
  link: 24,
  /** directory, other directory, bytes of the old path; old path and new path. */
  rename: 25,
  /**
   * w0 = a number for the asking thread, w1 = 1 for the first part of a list; records as of `ready`. The
   * server keeps the list for the thread until it is told another or the client is gone. Answers w0 = how
   * many records it has. Only the network server keeps lists.
   */
  watch: 26,
  /**
   * w0 = a number for the asking thread, w1 = the most records to answer. Waits until one of the list that
   * was told with `watch` is ready, and answers as `ready` does; `srch` if there is no list.
   */
  watched: 27,
} as const;

/** Access that an open asks for, and a descriptor has. */
export const Access = { read: 1, write: 2 } as const;

export const Interest = { read: 1, write: 2, hangup: 4 } as const;

/** How a socket is read: the bytes stay, or the answer waits until all that was asked for is there. */
export const ReceiveFlag = { peek: 1, waitAll: 2 } as const;

/** The record of `Ask.ready`. */
export const readyRecordBytes = 12;

export const Lookup = { followSymlinks: 1 } as const;

export const OpenFlag = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;

/** The flags of a descriptor, as WASI numbers them. */
export const FdFlag = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16 } as const;

export const TimeFlag = { access: 1, accessNow: 2, modification: 4, modificationNow: 8 } as const;

export const Filetype = {
  unknown: 0,
  blockDevice: 1,
  characterDevice: 2,
  directory: 3,
  regularFile: 4,
  socketDgram: 5,
  socketStream: 6,
  symbolicLink: 7,
} as const;

export type Filetype = (typeof Filetype)[keyof typeof Filetype];

export const filestatBytes = 64;

/** Fields of a filestat, in bytes from its start. All but the type are of 64 bits. */
export const FilestatOffset = {
  device: 0,
  inode: 8,
  type: 16,
  links: 24,
  size: 32,
  accessed: 40,
  modified: 48,
  changed: 56,
} as const;

/** Bytes of a directory entry before its name: cookie and inode of 64 bits, name length, type. */
export const direntBytes = 24;

export const pathBytesMax = 4096;
export const nameBytesMax = 255;
