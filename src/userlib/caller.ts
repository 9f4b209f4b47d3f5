// A caller: what code that runs as a thread links against. It writes a call into the registers and
// enters the kernel. `enter` answers `leaveStack` if the thread has to wait: then the code must get off
// its stack, and is told again when the call is over, with the answer in the registers.
import {
  annexAddress,
  communicationAddress,
  communicationBytes,
  communicationPageBytes,
  Descriptor,
  forever,
  indirectStringsMax,
  Register,
  Syscall,
} from "../abi/index.ts";
import { assert } from "../base/index.ts";

export interface Caller {
  /** The register file, valid for the thread that runs. */
  readonly registers: Int32Array;
  /** The communication area of the space, or its annex: where the thread's page is. */
  readonly area: Int32Array;
  /** Enters the kernel. 0: the call is over; `leaveStack`: it waits. */
  enter(): number;
}

/** Where the parts of a thread's page stand, in bytes from its start. */
const page = {
  sendDescriptor: 0,
  receiveDescriptor: 64,
  sendStrings: 128,
  receiveStrings: 256,
  scratch: 384,
} as const;

/** Pages of the communication area; those that follow are in the annex. */
export const areaPages = communicationBytes / communicationPageBytes;

export const scratchBytes = communicationPageBytes - page.scratch;

assert(page.receiveStrings - page.sendStrings === indirectStringsMax * 8, "the string lists fit");

/**
 * Builds a call with a long message in the page of one thread. Strings are given by address in the
 * space's memory (or in its scratch), in the order in which their bytes are to be sent or filled.
 */
export class LongCall {
  readonly caller: Caller;
  /** Address of the page's scratch: `scratchBytes` that nobody else uses between two calls. */
  readonly scratchAddress: number;
  readonly #base: number;
  readonly #pageWord: number;
  #sendCount = 0;
  #receiveCount = 0;

  constructor(caller: Caller, pageIndex = 0) {
    this.caller = caller;
    const isInArea = pageIndex < areaPages;
    const offset = (isInArea ? pageIndex : pageIndex - areaPages) * communicationPageBytes;
    this.#base = (isInArea ? communicationAddress : annexAddress) + offset;
    this.#pageWord = offset >> 2;
    this.scratchAddress = this.#base + page.scratch;
  }

  /** The scratch as bytes, to write what is sent from it and read what came. */
  scratch(): Uint8Array {
    const { area } = this.caller;
    const offset = area.byteOffset + this.#pageWord * 4 + page.scratch;
    return new Uint8Array(area.buffer, offset, scratchBytes);
  }

  /** Starts a message: label and up to six words. */
  begin(slot: number, label: number, w0 = 0, w1 = 0, w2 = 0, w3 = 0, w4 = 0, w5 = 0): this {
    const { registers } = this.caller;
    registers[Register.call] = Syscall.call;
    registers[Register.a0] = slot;
    registers[Register.a1] = 0;
    registers[Register.a2] = 0;
    registers[Register.a3] = 0;
    registers[Register.label] = label;
    registers[Register.w0] = w0;
    registers[Register.w1] = w1;
    registers[Register.w2] = w2;
    registers[Register.w3] = w3;
    registers[Register.w4] = w4;
    registers[Register.w5] = w5;
    registers[Register.sendTimeout] = forever;
    registers[Register.receiveTimeout] = forever;
    this.#sendCount = 0;
    this.#receiveCount = 0;
    return this;
  }

  /** Adds bytes to what is sent. At most `indirectStringsMax` times per message. */
  send(address: number, bytes: number): this {
    this.#put(page.sendDescriptor, page.sendStrings, this.#sendCount++, address, bytes);
    return this;
  }

  /** Adds room for what is received. At most `indirectStringsMax` times per message. */
  receive(address: number, bytes: number): this {
    this.#put(page.receiveDescriptor, page.receiveStrings, this.#receiveCount++, address, bytes);
    return this;
  }

  /** Makes the call. 0: over, see `status`; `leaveStack`: it waits. */
  enter(): number {
    const { registers } = this.caller;
    if (this.#sendCount > 0) {
      this.#describe(page.sendDescriptor, page.sendStrings, this.#sendCount);
      registers[Register.a1] = (this.#base + page.sendDescriptor) | 0;
    }
    if (this.#receiveCount > 0) {
      this.#describe(page.receiveDescriptor, page.receiveStrings, this.#receiveCount);
      registers[Register.a2] = (this.#base + page.receiveDescriptor) | 0;
    }
    return this.caller.enter();
  }

  get status(): number {
    return this.caller.registers[Register.status]!;
  }

  get label(): number {
    return this.caller.registers[Register.label]!;
  }

  /** Word w0 to w5 of the answer. */
  word(index: number): number {
    return this.caller.registers[Register.w0 + index]!;
  }

  /** The first string is the direct one, which is the one string of most messages; others follow. */
  #put(descriptor: number, list: number, index: number, address: number, bytes: number): void {
    assert(index < indirectStringsMax, "a message has a bounded number of strings", index);
    const { area } = this.caller;
    if (index === 0) {
      const at = this.#pageWord + (descriptor >> 2);
      area[at + Descriptor.directBytes] = bytes;
      area[at + Descriptor.directAddress] = address;
      return;
    }
    const at = this.#pageWord + ((list + (index - 1) * 8) >> 2);
    area[at] = address;
    area[at + 1] = bytes;
  }

  /** Fills in the rest of a descriptor; what counts nothing needs no address. */
  #describe(descriptor: number, list: number, count: number): void {
    const at = this.#pageWord + (descriptor >> 2);
    const { area } = this.caller;
    area[at + Descriptor.wordCount] = 0;
    area[at + Descriptor.indirectCount] = count - 1;
    area[at + Descriptor.indirectAddress] = this.#base + list;
    area[at + Descriptor.capabilityCount] = 0;
    area[at + Descriptor.regionCount] = 0;
  }
}
