// The calls that lay a file over memory, made in the C library of Linux: Node has none of them. Where
// they cannot be made (another system, Node told to do without), segments are written with writes.
import type * as NodeFFI from "node:ffi";
import { quietly } from "../../base/index.ts";

const protectReadWrite = 3;
const mapShared = 1;
const mapPrivate = 2;
const mapFixed = 0x10;
const mapAnonymous = 0x20;
const mapNoReserve = 0x4000;
const mapFailed = 2n ** 64n - 1n;

/** What posix_fallocate answers when there is no room: ENOSPC, EDQUOT, EFBIG. */
const fullErrors: readonly number[] = [28, 122, 27];

const functions = {
  mmap: { arguments: ["u64", "u64", "i32", "i32", "i32", "i64"], return: "u64" },
  munmap: { arguments: ["u64", "u64"], return: "i32" },
  posix_fallocate: { arguments: ["i32", "i64", "i64"], return: "i32" },
} as const;

let loaded: SegmentLibC | undefined;
let isLoaded = false;

/** The library, once per thread. Undefined where there is none, or no way to call it. */
export function segmentLibC(): SegmentLibC | undefined {
  if (!isLoaded) loaded = SegmentLibC.load();
  isLoaded = true;
  return loaded;
}

export interface Mapping {
  readonly address: bigint;
  readonly buffer: ArrayBuffer;
}

export class SegmentLibC {
  readonly #ffi: typeof NodeFFI;
  readonly #library: ReturnType<typeof bind>;
  /** Gives the addresses back when no view of the memory is left. */
  readonly #collected: FinalizationRegistry<{ address: bigint; bytes: number }>;

  static load(): SegmentLibC | undefined {
    if (process.platform !== "linux") return undefined;
    const ffi = quietly(process, () => process.getBuiltinModule("node:ffi"));
    try {
      return ffi === undefined ? undefined : new SegmentLibC(ffi);
    } catch {
      return undefined;
    }
  }

  private constructor(ffi: typeof NodeFFI) {
    this.#ffi = ffi;
    this.#library = bind(ffi);
    this.#collected = new FinalizationRegistry(({ address, bytes }) => {
      this.#library.functions.munmap(address, BigInt(bytes));
    });
  }

  /** Gives an empty file its whole room, so that no later store finds the device full. */
  allocate(fd: number, bytes: number): "full" | "failed" | undefined {
    const errno = this.#library.functions.posix_fallocate(fd, 0n, BigInt(bytes));
    if (errno === 0) return undefined;
    return fullErrors.includes(errno) ? "full" : "failed";
  }

  /** Lays the file over memory. A store is in the page cache when it is done. */
  map(fd: number, bytes: number): Mapping | undefined {
    const address = this.#map(0n, bytes, mapShared, fd);
    if (address === mapFailed) return undefined;
    const buffer = this.#ffi.toArrayBuffer(address, bytes, false);
    this.#collected.register(buffer, { address, bytes });
    return { address, buffer };
  }

  /**
   * Takes the file from under the memory. Views of it may be left, so the addresses stay: they read
   * as zeros, and what is stored there goes nowhere.
   */
  unmap({ address, buffer }: Mapping): void {
    const flags = mapPrivate | mapFixed | mapAnonymous | mapNoReserve;
    this.#map(address, buffer.byteLength, flags, -1);
  }

  #map(address: bigint, bytes: number, flags: number, fd: number): bigint {
    return this.#library.functions.mmap(address, BigInt(bytes), protectReadWrite, flags, fd, 0n);
  }
}

function bind(ffi: typeof NodeFFI) {
  return ffi.dlopen(null, functions);
}
