// The calls of Linux that the file servers make through the `syscall` function of the C library, and the one
// function that makes them.
//
// The engine compiles a call of the library into the code that makes it only when that code has become as
// hot as code gets, and a call before costs several times as much. So all calls are made at one place, which
// gets hot with all of them together and not with those of one kind. It must not be compiled into its callers
// before, or it would be hot nowhere: more than a hundred bytes of bytecode, all of which run at each call,
// keep it a function, and for that it takes numbers and makes words of them itself.
import { Errno } from "../../userlib/index.ts";

/** Not known here: ask node:fs. */
export const doubt = -0x8000;

export interface SystemCallNumbers {
  readonly openat: number;
  readonly openat2: number;
  readonly close: number;
  readonly getdents64: number;
  readonly pread64: number;
  readonly pwrite64: number;
  readonly write: number;
  readonly statx: number;
  readonly unlinkat: number;
  readonly mkdirat: number;
  readonly renameat: number;
  readonly fallocate: number;
  readonly utimensat: number;
}

const numbers: Readonly<Record<string, SystemCallNumbers>> = {
  x64: {
    openat: 257,
    openat2: 437,
    close: 3,
    getdents64: 217,
    pread64: 17,
    pwrite64: 18,
    write: 1,
    statx: 332,
    unlinkat: 263,
    mkdirat: 258,
    renameat: 264,
    fallocate: 285,
    utimensat: 280,
  },
  arm64: {
    openat: 56,
    openat2: 437,
    close: 57,
    getdents64: 61,
    pread64: 67,
    pwrite64: 68,
    write: 64,
    statx: 291,
    unlinkat: 35,
    mkdirat: 34,
    renameat: 38,
    fallocate: 47,
    utimensat: 88,
  },
};

/** By processor, as Node names it; undefined for one whose numbers are not written down here. */
export function systemCallNumbers(arch: string): SystemCallNumbers | undefined {
  return numbers[arch];
}

/** How node:ffi calls `syscall`: see libc-library.ts. */
export type RawSystemCall = (
  number: bigint,
  a: bigint,
  b: bigint,
  c: bigint,
  d: bigint,
  e: bigint,
) => number;

/** A whole number from 0 on, or a pointer as a BigInt. */
export type Argument = number | bigint;

/** Makes a call. Answers its result, a negative errno of ours, or `doubt`. */
export type SystemCall = (
  number: number,
  a: Argument,
  b: Argument,
  c: Argument,
  d: Argument,
  e: Argument,
) => number;

const smallWords = Array.from({ length: 4097 }, (_, value) => BigInt(value));

/**
 * An argument as it is passed on. No object has to be made for the smallest numbers; of those of 32 bits the
 * engine makes none in its last tier, but of one that it knows only as a double it would.
 */
function word(value: Argument): bigint {
  if (typeof value === "bigint") return value;
  if (value < smallWords.length) return smallWords[value]!;
  const small = value | 0;
  return small === value ? BigInt(small) : BigInt(value);
}

/**
 * Of errors, as Linux numbers them, only those are told that nothing but the call can have caused: `errno` is
 * read after the engine has come back from it, and what it did in between could have changed the rest.
 */
const sureErrors: ReadonlyMap<number, number> = new Map([
  [2, Errno.noent],
  [17, Errno.exist],
  [20, Errno.notdir],
  [21, Errno.isdir],
  [27, Errno.fbig],
  [28, Errno.nospc],
  [39, Errno.notempty],
]);

export function systemCall(raw: RawSystemCall, errno: Int32Array): SystemCall {
  return (number, a, b, c, d, e) => {
    const result = raw(word(number), word(a), word(b), word(c), word(d), word(e));
    return result >= 0 ? result : 0 - (sureErrors.get(errno[0]!) ?? -doubt);
  };
}
