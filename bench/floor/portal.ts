// Floors of a call into a portal: a wasm program calls a TypeScript function that does a kernel's
// least, enters another wasm program on the caller's own slice, and returns its answer. Measured
// with the caller as a plain export and inside a promising one: there every import switches to the
// engine's central stack, which is the price of being able to suspend, and where ours runs too.
import type { Subject } from "../harness/rounds.ts";
import type * as CopyModule from "./copy.ts";
import { type CopyMethod, copyMethods } from "./copy.ts";
import { instantiate } from "./assemble.ts";
import { engine, exportedFunction, exportedMemory, type WasmFunction } from "./engine.ts";
import {
  expectedEmptySum,
  expectedMessageSum,
  expectedWordsSum,
  messageSizes,
  replyMask,
} from "./message.ts";
import type * as PortalKernelModule from "./portal-kernel.ts";
import { emptyCaller, messageCaller, portalServer, wordsCaller } from "./programs.wat.ts";

/** How the caller's loop is entered. */
export type Entry = "plain" | "promising";

export const entries: readonly Entry[] = ["plain", "promising"];

export const portalName = (entry: Entry): string => `portal/${entry}`;
export const portalWordsName = (entry: Entry): string => `portal6Words/${entry}`;
export const portalMessageName = (entry: Entry, size: number, method: CopyMethod): string =>
  `portal${size}B/${entry}/${method}`;

export async function portalFloors(operations: number): Promise<Subject[]> {
  const subjects: Subject[] = [await typescriptCaller(operations)];
  for (const entry of entries) {
    subjects.push(await emptyPortal(entry, operations), await wordsPortal(entry, operations));
    for (const size of messageSizes) {
      for (const method of copyMethods) {
        subjects.push(await messagePortal({ entry, size, method, operations }));
      }
    }
  }
  return subjects;
}

async function emptyPortal(entry: Entry, operations: number): Promise<Subject> {
  const name = portalName(entry);
  const kernel = await portalKernel(name);
  const caller = instantiate(name, emptyCaller, { kernel: { call: kernel.callEmpty } });
  const run = enterBy(entry, exportedFunction(caller, "run"));
  return {
    name,
    operations,
    expected: expectedEmptySum(operations),
    run: () => run(operations, kernel.endpointId),
  };
}

async function wordsPortal(entry: Entry, operations: number): Promise<Subject> {
  const name = portalWordsName(entry);
  const kernel = await portalKernel(name);
  const caller = instantiate(name, wordsCaller, { kernel: { call: kernel.callWords } });
  const run = enterBy(entry, exportedFunction(caller, "run"));
  return {
    name,
    operations,
    expected: expectedWordsSum(operations),
    run: () => run(operations, kernel.endpointId),
  };
}

interface MessagePortal {
  readonly entry: Entry;
  readonly size: number;
  readonly method: CopyMethod;
  readonly operations: number;
}

async function messagePortal(options: MessagePortal): Promise<Subject> {
  const { entry, size, method, operations } = options;
  const name = portalMessageName(entry, size, method);
  const kernel = await loadKernel(name);
  const { makeCopy } = await loadCopy(name);
  const caller = instantiate(name, messageCaller, { kernel: { call: kernel.callMessage } });
  const server = instantiate("server", portalServer);
  const copy = makeCopy(method, exportedMemory(caller), exportedMemory(server));
  bindServer(kernel, server, copy);
  const run = enterBy(entry, exportedFunction(caller, "run"));
  return {
    name,
    operations,
    expected: expectedMessageSum(operations),
    run: () => run(operations, kernel.endpointId, size),
  };
}

export const typescriptCallerName = "portal/typescript";

/** The same portal called from TypeScript: what a TypeScript process pays. */
async function typescriptCaller(operations: number): Promise<Subject> {
  const { callEmpty, endpointId } = await portalKernel(typescriptCallerName);
  const run = () => {
    let sum = 0;
    for (let label = 0; label < operations; label++) sum = (sum + callEmpty(endpointId, label)) | 0;
    return sum;
  };
  return { name: typescriptCallerName, operations, expected: expectedEmptySum(operations), run };
}

type PortalKernel = typeof PortalKernelModule;

async function portalKernel(name: string): Promise<PortalKernel> {
  const kernel = await loadKernel(name);
  bindServer(kernel, instantiate("server", portalServer), () => {});
  return kernel;
}

type Server = ReturnType<typeof instantiate>;

function bindServer(
  kernel: PortalKernel,
  server: Server,
  copy: (from: number, size: number) => void,
): void {
  kernel.bind({
    serveEmpty: exportedFunction(server, "serveEmpty"),
    serveWords: exportedFunction(server, "serveWords"),
    serveMessage: exportedFunction(server, "serveMessage"),
    copy,
  });
  const probe = kernel.callEmpty(kernel.endpointId, 1);
  if (probe !== (1 ^ replyMask)) throw new Error(`the portal floor answers ${probe} to label 1`);
}

function enterBy(entry: Entry, run: WasmFunction): (...args: number[]) => number | Promise<number> {
  return entry === "plain" ? run : engine.promising(run);
}

// A query makes the loader evaluate the module once more, with code and feedback of its own.

async function loadKernel(name: string): Promise<PortalKernel> {
  return (await import(`./portal-kernel.ts?copy=${name}`)) as PortalKernel;
}

async function loadCopy(name: string): Promise<typeof CopyModule> {
  return (await import(`./copy.ts?copy=${name}`)) as typeof CopyModule;
}
