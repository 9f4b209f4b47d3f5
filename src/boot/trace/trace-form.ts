// How the calls of WASI are shown by `--trace calls`: names of parameters, paths and written bytes as
// text, results as errno names.
import { Errno } from "../../userlib/index.ts";
import type { TraceForm } from "./trace.ts";
import { pollDetail } from "./trace-poll.ts";

/** Parameters by function, in order. `path:n` and `data:n` are an address whose length comes next. */
const parameters: Readonly<Record<string, string>> = {
  args_get: "argv buf",
  args_sizes_get: "count bytes",
  environ_get: "env buf",
  environ_sizes_get: "count bytes",
  clock_res_get: "clock res",
  clock_time_get: "clock precision time",
  fd_advise: "fd offset len advice",
  fd_allocate: "fd offset len",
  fd_close: "fd",
  fd_datasync: "fd",
  fd_fdstat_get: "fd stat",
  fd_fdstat_set_flags: "fd flags",
  fd_fdstat_set_rights: "fd rights inheriting",
  fd_filestat_get: "fd stat",
  fd_filestat_set_size: "fd size",
  fd_filestat_set_times: "fd atime mtime flags",
  fd_pread: "fd iovs count offset nread",
  fd_prestat_get: "fd prestat",
  fd_prestat_dir_name: "fd buf len",
  fd_pwrite: "fd data count offset nwritten",
  fd_read: "fd iovs count nread",
  fd_readdir: "fd buf len cookie used",
  fd_renumber: "fd to",
  fd_seek: "fd offset whence newoffset",
  fd_sync: "fd",
  fd_tell: "fd offset",
  fd_write: "fd data count nwritten",
  path_create_directory: "dirfd path len",
  path_filestat_get: "dirfd lookup path len stat",
  path_filestat_set_times: "dirfd lookup path len atime mtime flags",
  path_link: "dirfd lookup path len newdirfd path len",
  path_open: "dirfd lookup path len oflags rights inheriting fdflags fd",
  path_readlink: "dirfd path len buf buflen used",
  path_remove_directory: "dirfd path len",
  path_rename: "dirfd path len newdirfd path len",
  path_symlink: "path len dirfd path len",
  path_unlink_file: "dirfd path len",
  poll_oneoff: "subscriptions events count nevents",
  proc_exit: "code",
  proc_raise: "signal",
  random_get: "buf len",
  sched_yield: "",
  sock_accept: "fd flags newfd",
  sock_recv: "fd iovs count flags nread outflags",
  sock_send: "fd data count flags nwritten",
  sock_shutdown: "fd how",
  dup: "fd newfd",
  give: "fd pid record",
  kill: "pid signal",
  pipe: "flags fds",
  self: "result",
  spawn: "request child",
  take: "record newfd",
  wait: "pid flags ended",
};

const errnoNames = new Map<number, string>(
  Object.entries(Errno).map(([name, value]) => [value, name]),
);

const shownBytesMax = 48;

/** Arguments whose value is where the answer is put: shown after the call, as the word there. */
const answers = new Set(["nread", "nwritten", "newfd", "used", "nevents", "child"]);

export function wasiForm(name: string, memory: () => Uint8Array): TraceForm {
  const names = (parameters[name] ?? "").split(" ").filter((one) => one !== "");
  return {
    parameters: names,
    isLast: name === "proc_exit",
    result: (answer) => (answer === 0 ? "0" : `${answer} ${errnoNames.get(answer) ?? ""}`.trim()),
    detail: (args, answer) => details(names, args.map(Number), answer, memory()),
  };
}

function details(
  names: readonly string[],
  args: readonly number[],
  answer: number,
  bytes: Uint8Array,
): string {
  const shown: string[] = [];
  if (isPoll(names)) return answer === 0 ? pollDetail(args, bytes) : "";
  names.forEach((name, i) => {
    const value = (args[i] ?? 0) >>> 0;
    if (name === "path")
      shown.push(quoted(bytes.subarray(value, value + ((args[i + 1] ?? 0) >>> 0))));
    if (name === "fds" && answer === 0) {
      shown.push(`read=${wordAt(bytes, value)} write=${wordAt(bytes, value + 4)}`);
    }
    if (name === "ended" && answer === 0) shown.push(endedText(bytes, value));
    if (name === "data") shown.push(quoted(firstVector(bytes, value)));
    if (answer === 0 && answers.has(name)) shown.push(`${name}=${wordAt(bytes, value)}`);
    if (answer === 0 && name === "fd" && i === names.length - 1 && i > 0) {
      shown.push(`fd=${wordAt(bytes, value)}`);
    }
  });
  return shown.join(" ");
}

function isPoll(names: readonly string[]): boolean {
  return names[0] === "subscriptions";
}

/** What `wait` was told: which child, and how it ended. */
function endedText(bytes: Uint8Array, at: number): string {
  const [pid, code, fault] = [wordAt(bytes, at), wordAt(bytes, at + 4), wordAt(bytes, at + 8)];
  if (pid === 0) return "none has ended";
  return fault === 0 ? `pid=${pid} code=${code}` : `pid=${pid} fault=${fault}`;
}

function firstVector(bytes: Uint8Array, at: number): Uint8Array {
  const address = wordAt(bytes, at);
  return bytes.subarray(address, address + wordAt(bytes, at + 4));
}

function wordAt(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}

function quoted(bytes: Uint8Array): string {
  // A copy: the decoder takes no memory that is shared.
  const text = new TextDecoder().decode(bytes.slice(0, shownBytesMax));
  return JSON.stringify(text) + (bytes.length > shownBytesMax ? "..." : "");
}
