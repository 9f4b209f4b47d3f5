// The files that a process has open, as its log tells: opened, closed, and by which path from the root
// of their tree. In a new cell their servers know nothing of them, and the process opens them again
// before it goes live, under the same handles. A file that is not there any more is told by name.
import {
  communicationAddress,
  communicationPageBytes,
  Descriptor,
  descriptorWords,
  forever,
  InitialSlot,
  Register,
  Status,
  Syscall,
} from "../abi/index.ts";
import { Ask, OpenFlag } from "../userlib/index.ts";
import type { OpenFileState } from "./door-state.ts";
import type { ProcessMemory } from "./process-memory.ts";

/** An open file or directory: what is asked for when it is opened again. */
interface OpenFile {
  /** From the root of its tree. */
  readonly path: Uint8Array;
  readonly lookup: number;
  readonly openFlags: number;
  readonly flags: number;
  readonly access: number;
}

/** Makes a kernel call with the registers as they are; false if it would have to wait. */
export type CallNow = () => boolean;

/** What was made and is not there when a file is opened again. */
const makingFlags = OpenFlag.create | OpenFlag.exclusive | OpenFlag.truncate;

/** In the communication area; the process's own messages are built in its first page. */
const descriptorAt = communicationAddress + communicationPageBytes;
const pathAt = descriptorAt + communicationPageBytes;

export class OpenFiles {
  /** By slot of the server, what is open under each handle. */
  readonly #servers = new Map<number, Map<number, OpenFile>>();

  /** Whether a call may open a file. */
  static concerns(registers: Int32Array): boolean {
    return registers[Register.label] === Ask.open && isFileSlot(registers[Register.a0]!);
  }

  exportState(): OpenFileState[] {
    return Array.from(this.#servers, ([slot, files]) =>
      Array.from(files, ([handle, file]) => ({ slot, handle, ...file })),
    ).flat();
  }

  importState(files: readonly OpenFileState[]): void {
    for (const { slot, handle, ...file } of files) this.#filesOf(slot).set(handle, file);
  }

  /** A call of the process is over: looks whether it opened or closed a file. `bytes`: what it said. */
  over(asked: Int32Array, answered: Int32Array, bytes: () => Uint8Array): void {
    const slot = asked[Register.a0]!;
    if (asked[Register.call] !== Syscall.call || !isFileSlot(slot)) return;
    if (answered[Register.status] !== Status.ok) return;
    const label = asked[Register.label]!;
    if (label === Ask.close) this.#servers.get(slot)?.delete(asked[Register.w0]!);
    if (label !== Ask.open || answered[Register.label] !== 0) return;
    const path = this.#pathFrom(slot, asked[Register.w0]!, bytes());
    this.#filesOf(slot).set(answered[Register.w0]!, {
      path,
      lookup: asked[Register.w1]!,
      openFlags: asked[Register.w2]! & ~makingFlags,
      flags: asked[Register.w3]!,
      access: asked[Register.w4]!,
    });
  }

  /**
   * Opens everything again, by calls through the process's own capabilities, which leave other registers
   * than they found. Answers the path of what could not be opened, or undefined.
   */
  openAgain(
    registers: Int32Array,
    memory: ProcessMemory,
    callNow: CallNow,
  ): Uint8Array | undefined {
    const ask: AskServer = (slot, label, words, path) => {
      writeCall(registers, slot, label, words, path.length > 0);
      memory.bytesAt(pathAt, path.length)?.set(path);
      describe(memory, path.length);
      const isOver = callNow() && registers[Register.status] === Status.ok;
      return isOver && registers[Register.label] === 0 ? registers[Register.w0]! : undefined;
    };
    for (const [slot, files] of this.#servers) {
      const missing = openAll(ask, slot, files);
      if (missing !== undefined) return missing;
    }
    return undefined;
  }

  #filesOf(slot: number): Map<number, OpenFile> {
    const known = this.#servers.get(slot);
    if (known !== undefined) return known;
    const made = new Map<number, OpenFile>();
    this.#servers.set(slot, made);
    return made;
  }

  /** The path from the root, given one from an open directory. */
  #pathFrom(slot: number, base: number, path: Uint8Array): Uint8Array {
    const from = base === 0 ? undefined : this.#servers.get(slot)?.get(base)?.path;
    if (from === undefined) return path.slice();
    const joined = new Uint8Array(from.length + 1 + path.length);
    joined.set(from);
    joined[from.length] = slash;
    joined.set(path, from.length + 1);
    return joined;
  }
}

/** Asks a file server; answers the first word, or undefined if it refused. */
type AskServer = (
  slot: number,
  label: number,
  words: readonly number[],
  path: Uint8Array,
) => number | undefined;

/** Answers the path of the first that was not opened under its handle. */
function openAll(
  ask: AskServer,
  slot: number,
  files: ReadonlyMap<number, OpenFile>,
): Uint8Array | undefined {
  const last = Math.max(0, ...files.keys());
  const fillers: number[] = [];
  for (let handle = 1; handle <= last; handle++) {
    const file = files.get(handle) ?? filler;
    const words = [0, file.lookup, file.openFlags, file.flags, file.access];
    if (ask(slot, Ask.open, words, file.path) !== handle) return file.path;
    if (file === filler) fillers.push(handle);
  }
  for (const handle of fillers) ask(slot, Ask.close, [handle], noBytes);
  return undefined;
}

const slash = 0x2f;
const noBytes = new Uint8Array(0);

/** Takes a handle that is free between others: servers give the lowest. */
const filler: OpenFile = {
  path: Uint8Array.of(0x2e),
  lookup: 0,
  openFlags: OpenFlag.directory,
  flags: 0,
  access: 1,
};

function isFileSlot(slot: number): boolean {
  return slot >= InitialSlot.firstFiles && slot < InitialSlot.firstFree;
}

function writeCall(
  registers: Int32Array,
  slot: number,
  label: number,
  words: readonly number[],
  hasPath: boolean,
): void {
  registers.fill(0);
  registers[Register.call] = Syscall.call;
  registers[Register.a0] = slot;
  registers[Register.a1] = hasPath ? descriptorAt | 0 : 0;
  registers[Register.label] = label;
  registers.set(words, Register.w0);
  registers[Register.sendTimeout] = forever;
  registers[Register.receiveTimeout] = forever;
}

function describe(memory: ProcessMemory, bytes: number): void {
  const words = new Int32Array(descriptorWords);
  words[Descriptor.directBytes] = bytes;
  words[Descriptor.directAddress] = pathAt | 0;
  memory.bytesAt(descriptorAt, descriptorWords * 4)?.set(new Uint8Array(words.buffer));
}
