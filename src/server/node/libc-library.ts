// The functions of the C library of Linux that the file servers call directly, as node:ffi finds them in
// the running process.
//
// Every argument is declared a pointer, whatever it is in C: node:ffi looks at what it is given for any
// other type, and for more than three arguments does so in a way that costs three to six times the call.
// A pointer is a BigInt of 64 bits and is passed on as it is; the engine then compiles the call of the
// function into the code that makes it. Whole arguments of the C library are passed in registers of that
// size, and a function that takes 32 bits looks at the lower half. The one function of one argument is
// declared with a second, which it does not look at: for one argument alone node:ffi looks at it again.
import type * as NodeFFI from "node:ffi";
import { quietly } from "../../base/index.ts";

/** Not known here: ask node:fs. */
export const doubt = -0x8000;

const one = "pointer";

const functions = {
  syscall: { arguments: [one, one, one, one, one], return: "i32" },
  // Of variable length in C; it looks at the mode where something is made.
  openat: { arguments: [one, one, one, one], return: "i32" },
  close: { arguments: [one, one], return: "i32" },
  pread: { arguments: [one, one, one, one], return: "i32" },
  pwrite: { arguments: [one, one, one, one], return: "i32" },
  write: { arguments: [one, one, one], return: "i32" },
  statx: { arguments: [one, one, one, one, one], return: "i32" },
  unlinkat: { arguments: [one, one, one], return: "i32" },
  mkdirat: { arguments: [one, one, one], return: "i32" },
  renameat: { arguments: [one, one, one, one], return: "i32" },
  fallocate: { arguments: [one, one, one, one], return: "i32" },
  utimensat: { arguments: [one, one, one, one], return: "i32" },
  __errno_location: { arguments: [], return: "pointer" },
} as const;

/** Those that are not in every library. */
const fstat = { arguments: [one, one], return: "i32" } as const;
const getdents64 = { arguments: [one, one, one], return: "i32" } as const;

/** The library, and the calls in it. It has to be kept for as long as these are made. */
export interface LibraryOfC {
  readonly ffi: typeof NodeFFI;
  readonly library: NodeFFI.DynamicLibrary;
  readonly call: NodeFFI.WrappedFunctionsFromDefinitions<typeof functions>;
  /** Undefined in a library from before it was a function of its own. */
  readonly fstat: NodeFFI.WrappedFunctionFromSignature<typeof fstat> | undefined;
  readonly getdents64: NodeFFI.WrappedFunctionFromSignature<typeof getdents64> | undefined;
}

/**
 * A whole number from 0 on as an argument. Most are small, and the engine passes those on without making a
 * BigInt; one that it knows only as a double it would make.
 */
export function argument(value: number): bigint {
  const small = value | 0;
  return small === value ? BigInt(small) : BigInt(value);
}

/** Undefined where there is no such library, or no way to call it. */
export function loadLibraryOfC(): LibraryOfC | undefined {
  const ffi = process.platform === "linux" ? loadQuietly() : undefined;
  if (ffi === undefined) return undefined;
  try {
    const { lib, functions: call } = ffi.dlopen(null, functions);
    return {
      ffi,
      library: lib,
      call,
      fstat: found(() => lib.getFunction("fstat", fstat)),
      getdents64: found(() => lib.getFunction("getdents64", getdents64)),
    };
  } catch {
    return undefined;
  }
}

function found<Found>(find: () => Found): Found | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

/** The module, without the warning that it is experimental, which is not the program's to print. */
export function loadQuietly(): typeof NodeFFI | undefined {
  return quietly(process, () => process.getBuiltinModule("node:ffi"));
}
