// All functions of wasi_snapshot_preview1, by the names under which programs import them, with their
// signatures: a letter per parameter, `i` for i32 and `I` for i64. All answer an errno but proc_exit.
import { argsGet, argsSizesGet, environGet, environSizesGet } from "./args.ts";
import { clockResGet, clockTimeGet } from "./clock.ts";
import {
  fdAdvise,
  fdAllocate,
  fdClose,
  fdDatasync,
  fdFdstatGet,
  fdFdstatSetFlags,
  fdFdstatSetRights,
  fdFilestatGet,
  fdFilestatSetSize,
  fdFilestatSetTimes,
  fdRenumber,
  fdSync,
} from "./fd.ts";
import { fdReaddir, fdSeek, fdTell } from "./fd-position.ts";
import { fdPread, fdPwrite, fdRead, fdWrite } from "./fd-transfer.ts";
import {
  pathCreateDirectory,
  pathFilestatGet,
  pathFilestatSetTimes,
  pathLink,
  pathOpen,
  pathReadlink,
  pathRemoveDirectory,
  pathRename,
  pathSymlink,
  pathUnlinkFile,
} from "./path.ts";
import { pollOneoff } from "./poll.ts";
import { fdPrestatDirName, fdPrestatGet } from "./prestat.ts";
import { procExit, procRaise } from "./proc.ts";
import { dup, give, kill, pipe, self, take, wait } from "./processes.ts";
import type { WasiFunction } from "./process.ts";
import { randomGet } from "./random.ts";
import { schedYield } from "./sched.ts";
import { sockAccept, sockRecv, sockSend, sockShutdown } from "./sock.ts";
import { spawn } from "./spawn.ts";

export interface WasiImport extends WasiFunction {
  readonly params: readonly ("i32" | "i64")[];
  readonly result: "i32" | undefined;
}

function define(signature: string, { begin, finish }: WasiFunction): WasiImport {
  const params = signature.split("").map((letter) => (letter === "I" ? "i64" : "i32"));
  return { begin, finish, params, result: "i32" };
}

export const wasiFunctions: Readonly<Record<string, WasiImport>> = {
  args_get: define("ii", argsGet),
  args_sizes_get: define("ii", argsSizesGet),
  environ_get: define("ii", environGet),
  environ_sizes_get: define("ii", environSizesGet),
  clock_res_get: define("ii", clockResGet),
  clock_time_get: define("iIi", clockTimeGet),
  fd_advise: define("iIIi", fdAdvise),
  fd_allocate: define("iII", fdAllocate),
  fd_close: define("i", fdClose),
  fd_datasync: define("i", fdDatasync),
  fd_fdstat_get: define("ii", fdFdstatGet),
  fd_fdstat_set_flags: define("ii", fdFdstatSetFlags),
  fd_fdstat_set_rights: define("iII", fdFdstatSetRights),
  fd_filestat_get: define("ii", fdFilestatGet),
  fd_filestat_set_size: define("iI", fdFilestatSetSize),
  fd_filestat_set_times: define("iIIi", fdFilestatSetTimes),
  fd_pread: define("iiiIi", fdPread),
  fd_prestat_get: define("ii", fdPrestatGet),
  fd_prestat_dir_name: define("iii", fdPrestatDirName),
  fd_pwrite: define("iiiIi", fdPwrite),
  fd_read: define("iiii", fdRead),
  fd_readdir: define("iiiIi", fdReaddir),
  fd_renumber: define("ii", fdRenumber),
  fd_seek: define("iIii", fdSeek),
  fd_sync: define("i", fdSync),
  fd_tell: define("ii", fdTell),
  fd_write: define("iiii", fdWrite),
  path_create_directory: define("iii", pathCreateDirectory),
  path_filestat_get: define("iiiii", pathFilestatGet),
  path_filestat_set_times: define("iiiiIIi", pathFilestatSetTimes),
  path_link: define("iiiiiii", pathLink),
  path_open: define("iiiiiIIii", pathOpen),
  path_readlink: define("iiiiii", pathReadlink),
  path_remove_directory: define("iii", pathRemoveDirectory),
  path_rename: define("iiiiii", pathRename),
  path_symlink: define("iiiii", pathSymlink),
  path_unlink_file: define("iii", pathUnlinkFile),
  poll_oneoff: define("iiii", pollOneoff),
  proc_exit: { ...define("i", procExit), result: undefined },
  proc_raise: define("i", procRaise),
  random_get: define("ii", randomGet),
  sched_yield: define("", schedYield),
  sock_accept: define("iii", sockAccept),
  sock_recv: define("iiiiii", sockRecv),
  sock_send: define("iiiii", sockSend),
  sock_shutdown: define("ii", sockShutdown),
};

/** The functions of `shoal_process`, for programs that start others. */
export const processFunctions: Readonly<Record<string, WasiImport>> = {
  dup: define("ii", dup),
  give: define("iii", give),
  kill: define("ii", kill),
  pipe: define("ii", pipe),
  self: define("i", self),
  spawn: define("ii", spawn),
  take: define("ii", take),
  wait: define("iii", wait),
};

/** The module that programs import them from. */
export const processModule = "shoal_process";

/** The functions whose layouts or numbers changed after `wasi_unstable`. The others are the same. */
export const changedSinceUnstable: ReadonlySet<string> = new Set([
  "fd_seek",
  "fd_filestat_get",
  "path_filestat_get",
  "poll_oneoff",
  "sock_accept",
]);
