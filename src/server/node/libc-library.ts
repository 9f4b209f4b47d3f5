// The functions of the C library of Linux that the file servers call directly, as node:ffi finds them in
// the running process. A call of at most three arguments costs little more than the function itself; one
// of more goes through a general way of Node's that costs about half a microsecond.
import type * as NodeFFI from "node:ffi";

const functions = {
  syscall: { arguments: ["i32", "i32", "pointer", "pointer", "i32"], return: "i32" },
  // Of variable length in C; without O_CREAT it looks at these three only.
  openat: { arguments: ["i32", "pointer", "i32"], return: "i32" },
  close: { arguments: ["i32"], return: "i32" },
  statx: { arguments: ["i32", "pointer", "i32", "i32", "pointer"], return: "i32" },
  unlinkat: { arguments: ["i32", "pointer", "i32"], return: "i32" },
  mkdirat: { arguments: ["i32", "pointer", "i32"], return: "i32" },
  renameat: { arguments: ["i32", "pointer", "i32", "pointer"], return: "i32" },
  fallocate: { arguments: ["i32", "i32", "i64", "i64"], return: "i32" },
  utimensat: { arguments: ["i32", "pointer", "pointer", "i32"], return: "i32" },
  __errno_location: { arguments: [], return: "pointer" },
} as const;

const fstat = { arguments: ["i32", "pointer"], return: "i32" } as const;

/** The library, and the calls in it. It has to be kept for as long as these are made. */
export interface LibraryOfC {
  readonly ffi: typeof NodeFFI;
  readonly library: NodeFFI.DynamicLibrary;
  readonly call: NodeFFI.WrappedFunctionsFromDefinitions<typeof functions>;
  /** Undefined in a library from before it was a function of its own. */
  readonly fstat: NodeFFI.WrappedFunctionFromSignature<typeof fstat> | undefined;
}

/** Undefined where there is no such library, or no way to call it. */
export function loadLibraryOfC(): LibraryOfC | undefined {
  const ffi = process.platform === "linux" ? loadQuietly() : undefined;
  if (ffi === undefined) return undefined;
  try {
    const { lib, functions: call } = ffi.dlopen(null, functions);
    return { ffi, library: lib, call, fstat: findStat(lib) };
  } catch {
    return undefined;
  }
}

function findStat(library: NodeFFI.DynamicLibrary): LibraryOfC["fstat"] {
  try {
    return library.getFunction("fstat", fstat);
  } catch {
    return undefined;
  }
}

/** The module, without the warning that it is experimental, which is not the program's to print. */
export function loadQuietly(): typeof NodeFFI | undefined {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule("node:ffi");
  } catch {
    // Node was told to do without.
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}
