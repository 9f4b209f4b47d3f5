// The C library of Linux as node:ffi finds it in the running process: of its functions the file servers use
// `syscall`, with which every call of the system can be made, and `__errno_location`.
//
// Every argument is declared a pointer, whatever it is: node:ffi looks at what it is given for any other
// type, and for more than three arguments does so in a way that costs three to six times the call. A pointer
// is a BigInt of 64 bits and is passed on as it is; the engine then compiles the call of the function into
// the code that makes it. Whole arguments of the C library are passed in registers of that size, and a call
// that takes 32 bits looks at the lower half.
import type * as NodeFFI from "node:ffi";
import { quietly } from "../../base/index.ts";
import {
  type SystemCall,
  systemCall,
  type SystemCallNumbers,
  systemCallNumbers,
} from "./system-calls.ts";

const one = "pointer";

const functions = {
  syscall: { arguments: [one, one, one, one, one, one], return: "i32" },
  __errno_location: { arguments: [], return: "pointer" },
} as const;

/** The library, and the calls of the system through it. It has to be kept for as long as these are made. */
export interface LibraryOfC {
  readonly ffi: typeof NodeFFI;
  readonly library: NodeFFI.DynamicLibrary;
  readonly call: SystemCall;
  readonly numbers: SystemCallNumbers;
}

/** Undefined where there is no such library, or no way to call it. */
export function loadLibraryOfC(): LibraryOfC | undefined {
  const numbers = process.platform === "linux" ? systemCallNumbers(process.arch) : undefined;
  const ffi = numbers === undefined ? undefined : loadQuietly();
  if (ffi === undefined || numbers === undefined) return undefined;
  try {
    const { lib, functions: found } = ffi.dlopen(null, functions);
    const errno = new Int32Array(ffi.toArrayBuffer(found.__errno_location(), 4, false));
    return { ffi, library: lib, call: systemCall(found.syscall, errno), numbers };
  } catch {
    return undefined;
  }
}

/** The module, without the warning that it is experimental, which is not the program's to print. */
export function loadQuietly(): typeof NodeFFI | undefined {
  return quietly(process, () => process.getBuiltinModule("node:ffi"));
}
