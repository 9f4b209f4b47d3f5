// What the host's own calls cost of a run of ours: the program is run once, and every call that the file
// server makes of the host is written down; then those calls, and nothing else, are made once more in an
// empty directory, in one loop, and timed. No kernel, no message and no program is in that time, so no
// system that makes these calls of the host from JavaScript can be faster.
//
// Run by files.ts as a process of its own, as on-shoal.ts is, whose line of times comes first.
import { mkdirSync, rmSync } from "node:fs";
import type { HostFiles } from "../../src/server/files/index.ts";
import { NodeFiles } from "../../src/server/node/index.ts";
import { nowMs, type RunSpec } from "../programs/run-spec.ts";

export interface HostCallTimes {
  readonly hostMs: number;
  readonly calls: number;
}

interface HostCall {
  readonly name: keyof HostFiles;
  readonly args: readonly unknown[];
  /** What was answered: the descriptor that others of the calls are for, where it opens something. */
  readonly answer: unknown;
}

type Method = (...args: unknown[]) => unknown;

/** Calls that answer a descriptor, and the arguments of each that are descriptors. */
const opens = new Set(["openRoot", "enter", "enterPath", "open", "openPath", "reopenDirectory"]);
const descriptorArguments: Readonly<Record<string, readonly number[]>> = {
  openRoot: [],
  symlink: [1],
  rename: [0, 2],
  link: [0, 2],
  renamePath: [0, 3],
};
const descriptorsOf = (name: string): readonly number[] => descriptorArguments[name] ?? [0];

/** Of the bytes that are read and written only their number matters, unlike those of a path. */
const isData = (name: string, index: number): boolean => !name.endsWith("Path") || index > 1;
const bytesMax = 1 << 20;
const parts = new Map<number, Uint8Array>();
const memory = new Uint8Array(bytesMax);

/** One view for each size, as a server has. */
function partOf({ length }: Uint8Array): Uint8Array {
  let part = parts.get(length);
  if (part === undefined) parts.set(length, (part = memory.subarray(0, length)));
  return part;
}

const recorded: HostCall[] = [];
let depth = 0;

/** Has every call of the adapter written down, but not those that it makes of itself. */
function recordCalls(): void {
  const prototype = NodeFiles.prototype as unknown as Record<string, Method>;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method = prototype[name]!;
    if (name === "constructor" || typeof method !== "function") continue;
    prototype[name] = function (this: unknown, ...args: unknown[]) {
      depth++;
      const answer = method.apply(this, args);
      if (--depth === 0)
        recorded.push({ name: name as keyof HostFiles, args: kept(name, args), answer });
      return answer;
    };
    restore.push(() => (prototype[name] = method));
  }
}
const restore: (() => void)[] = [];

function kept(name: string, args: readonly unknown[]): unknown[] {
  return args.map((arg, i) => {
    if (!(arg instanceof Uint8Array)) return arg;
    return isData(name, i) ? partOf(arg) : arg.slice();
  });
}

/** Makes the calls once more, in a directory where nothing is. */
function replay(root: string): HostCallTimes {
  const host = new NodeFiles() as unknown as Record<string, Method>;
  const descriptors = new Map<unknown, unknown>();
  const startMs = nowMs();
  for (const { name, args, answer } of recorded) {
    const own = name === "openRoot" ? [root] : [...args];
    for (const i of descriptorsOf(name)) own[i] = descriptors.get(own[i]) ?? own[i];
    const now = host[name]!(...own);
    if (opens.has(name) && typeof answer === "number" && answer >= 0) descriptors.set(answer, now);
  }
  return { hostMs: nowMs() - startMs, calls: recorded.length };
}

// Written by files.ts and by nothing else, so the shape is known.
const spec = JSON.parse(process.argv[2]!) as RunSpec;
recordCalls();
await import("../programs/on-shoal.ts");
for (const undo of restore) undo();
const again = `${spec.directories["/"]!}-again`;
mkdirSync(again);
const times = replay(again);
rmSync(again, { recursive: true });
process.stdout.write(`${JSON.stringify(times)}\n`);
