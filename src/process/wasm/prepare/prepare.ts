// Preparation of a program: from the bytes of a file to a module the engine has accepted, with the
// properties asked for and the facts a loader needs.
//
// A module that needs no change is compiled as it is, without a look at its code, at a cache or at
// any other tool. One that needs rewriting is rewritten once and then found in the cache.
import {
  InvalidModuleError,
  exposeInternals,
  readBinary,
  readDeclarations,
  refuseReservedNames,
} from "../binary/index.ts";
import { refusalOf } from "./engine-refusal.ts";
import { collectFacts } from "./facts.ts";
import { limitMemories } from "./memory-limit.ts";
import type { CapturableProgram, UnwindingStack } from "../resume/index.ts";
import type { ModuleFacts } from "./facts.ts";
import type { CaptureMethod, RewriteOptions } from "./rewrite.ts";

export interface PrepareOptions {
  /**
   * Insert a fuel counter, so that a program that runs on and on can be stopped for others. One that
   * shares its memory always gets it: its threads wait for each other, also by spinning.
   */
  readonly fuel: boolean;
  /** Make the stack capturable. */
  readonly capture: CaptureMethod;
  /** A limit the engine enforces on every memory the module defines. */
  readonly memoryMaxBytes?: number;
  /** Where rewritten modules are kept; the user's cache directory unless given. */
  readonly cacheDirectory?: string;
}

/** `returns`: what imports are when the call in them is made again, as `UnwindingStackOptions` has it. */
type StackOf = (
  instance: WebAssembly.Instance,
  returns?: () => WebAssembly.Table,
) => UnwindingStack;

export interface PreparedModule {
  readonly bytes: Uint8Array;
  readonly module: WebAssembly.Module;
  /** SHA-256 of the program as it was given, in hexadecimal. */
  readonly hash: string;
  readonly facts: ModuleFacts;
  /** The limit asked for, which the loader keeps to for memories that it makes. */
  readonly memoryMaxBytes?: number | undefined;
  /**
   * What stacks are put back with, of a program prepared by our own rewriter: one for all its
   * instances, made when it is first asked for.
   */
  readonly capturable?: CapturableProgram;
  /** Of the same: what takes out and puts back the stacks of an instance. */
  readonly stackOf?: StackOf;
}

// Raise it whenever the same input would be rewritten differently, so that old cache entries are
// not found any more.
const preparerVersion = "13 binaryen-132.0.0";

// Below this the engine compiles faster on this thread than it can hand the work to another.
const inlineCompileBytesMax = 256 * 1024;

export async function prepareModule(
  bytes: Uint8Array,
  wanted: PrepareOptions,
): Promise<PreparedModule> {
  const binary = readBinary(bytes);
  const declarations = readDeclarations(binary);
  refuseReservedNames(binary, declarations);
  const sharesMemory = declarations.memories.some(({ isShared }) => isShared);
  const options = { ...wanted, fuel: wanted.fuel || sharesMemory };
  const { fuel, capture, memoryMaxBytes } = options;
  const limited =
    memoryMaxBytes === undefined ? bytes : limitMemories(binary, declarations, memoryMaxBytes);
  let hashText: string | undefined;
  const hash = (): string => (hashText ??= sha256(bytes));
  if (!fuel && capture === "none") {
    // A start function would run in the middle of instantiation, before there is a thread to run it.
    const set = declarations.startFunction === undefined ? limited : startSetApart(limited);
    return finish(set, await compile(set), hash, memoryMaxBytes);
  }
  const key = cacheKey(hash(), options);
  const { bytes: rewritten, module } = await rewriteOrRecall(limited, key, options);
  const prepared = finish(rewritten, module, hash, memoryMaxBytes);
  if (capture !== "unwind") return prepared;
  const { capturableProgram, stackOf } = await import("./capture.ts");
  let made: CapturableProgram | undefined;
  const capturable = (): CapturableProgram =>
    (made ??= capturableProgram(limited, rewritten, fuel));
  return Object.defineProperties(prepared, {
    capturable: { get: capturable },
    stackOf: {
      value: ((instance, returns) => stackOf(capturable(), instance, returns)) satisfies StackOf,
    },
  });
}

function startSetApart(bytes: Uint8Array): Uint8Array {
  const binary = readBinary(bytes);
  return exposeInternals(binary, readDeclarations(binary), "start");
}

function finish(
  bytes: Uint8Array,
  module: WebAssembly.Module,
  hash: () => string,
  memoryMaxBytes: number | undefined,
): PreparedModule {
  const facts = collectFacts(readDeclarations(readBinary(bytes)), hash);
  return {
    bytes,
    module,
    facts,
    memoryMaxBytes,
    get hash() {
      return facts.hash;
    },
  };
}

function cacheKey(hash: string, { fuel, capture, memoryMaxBytes }: PrepareOptions): string {
  const identity = JSON.stringify([preparerVersion, hash, fuel, capture, memoryMaxBytes ?? null]);
  return sha256(identity);
}

// Loading the module costs a fifth of Node's own start, so it waits until something is hashed.
function sha256(data: Uint8Array | string): string {
  return process.getBuiltinModule("node:crypto").hash("sha256", data);
}

interface Rewritten {
  readonly bytes: Uint8Array;
  readonly module: WebAssembly.Module;
}

async function rewriteOrRecall(
  bytes: Uint8Array,
  key: string,
  options: PrepareOptions,
): Promise<Rewritten> {
  const { defaultCacheDirectory, readCache, writeCache } = await import("./cache.ts");
  const directory = options.cacheDirectory ?? defaultCacheDirectory();
  const recalled = await readCache(directory, key);
  if (recalled !== undefined) {
    const module = await compile(recalled).catch(() => undefined);
    if (module !== undefined) return { bytes: recalled, module };
  }
  const rewritten = await rewriteAndCompile(bytes, options);
  await writeCache(directory, key, rewritten.bytes);
  return rewritten;
}

async function rewriteAndCompile(bytes: Uint8Array, options: RewriteOptions): Promise<Rewritten> {
  const { rewriteApart } = await import("./rewrite-thread.ts");
  const { fuel, capture } = options;
  try {
    const rewritten = await rewriteApart(bytes, { fuel, capture });
    return { bytes: rewritten, module: await compile(rewritten) };
  } catch (error) {
    if (!(error instanceof InvalidModuleError)) throw error;
    // A broken program is reported by its own offsets, not by those of what we made of it.
    await compile(bytes);
    throw error;
  }
}

async function compile(bytes: Uint8Array): Promise<WebAssembly.Module> {
  const source = bytes as Uint8Array<ArrayBuffer>; // the engine itself refuses a shared buffer
  try {
    if (bytes.length <= inlineCompileBytesMax) return new WebAssembly.Module(source);
    return await WebAssembly.compile(source);
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    throw refusalOf(error);
  }
}
