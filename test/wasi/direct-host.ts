// A stand-in for the kernel: one program's registers, memory and communication area, and services that
// are called by copying bytes, in this thread. It knows just the calls that the WASI layer makes. Time
// is virtual: a sleep moves it on. With `leaves` every call makes its thread leave its stack first, as
// a call that has to wait does, so that the second half of every function is run too.
import {
  communicationAddress,
  communicationBytes,
  Descriptor,
  leaveStack,
  portalBytesMax,
  Register,
  registerCount,
  Status,
  Syscall,
} from "../../src/abi/index.ts";
import {
  type Answer,
  type Caller,
  LongCall,
  type Message,
  type Service,
  type ServiceHost,
} from "../../src/userlib/index.ts";
import {
  DescriptorTable,
  encodeStrings,
  GuestMemory,
  wasiFunctions,
  type WasiProcess,
  type WasmValue,
} from "../../src/wasi/index.ts";

/** The badge by which services know the one program. */
export const clientBadge = 7;

/** A call that a service has put off. */
interface Pending {
  readonly ticket: number;
  readonly receiveDescriptor: number;
}

export interface DirectHostOptions {
  readonly leaves?: boolean;
  readonly args?: readonly string[];
  readonly env?: readonly string[];
}

/** The answer of a program that has ended. */
export class ProgramExit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`the program has exited with ${code}`);
    this.code = code;
  }
}

export class DirectHost implements Caller, ServiceHost {
  readonly registers = new Int32Array(registerCount);
  readonly area = new Int32Array(communicationBytes / 4);
  readonly memory = new WebAssembly.Memory({ initial: 64, maximum: 256 });
  readonly outbox = new Uint8Array(portalBytesMax);
  readonly process: WasiProcess;
  readonly table = new DescriptorTable();
  /** Nanoseconds of the virtual clock. */
  timeNs = 5_000_000;
  /** Messages sent so far, for tests of how many a function needs. */
  messageCount = 0;
  readonly #services = new Map<number, Service>();
  readonly #inbox = new Uint8Array(portalBytesMax);
  readonly #leaves: boolean;
  #pending: Pending | undefined;
  /** Bits raised by services, and the mask of a thread that waits for some. */
  #raised = 0;
  #awaited: number | undefined;
  #nextTicket = 1;
  #handlingDescriptor = 0;

  constructor({ leaves = false, args = [], env = [] }: DirectHostOptions = {}) {
    this.#leaves = leaves;
    this.process = {
      memory: new GuestMemory(() => this.memory.buffer),
      call: new LongCall(this),
      table: this.table,
      args: encodeStrings(args),
      env: encodeStrings(env),
      clock: 1,
      entropy: 2,
      doneBytes: 0,
      askedBytes: 0,
      exit: (code) => {
        throw new ProgramExit(code);
      },
    };
  }

  serve(slot: number, service: Service): void {
    this.#services.set(slot, service);
  }

  /** Calls a WASI function as a program does. `leaveStack` means that the program waits. */
  call(name: string, ...args: WasmValue[]): number {
    const result = wasiFunctions[name].begin(this.process, ...args);
    return result === leaveStack ? this.resume(name, ...args) : result;
  }

  /** Goes on with a call, unless a service has still to answer it. */
  resume(name: string, ...args: WasmValue[]): number {
    for (;;) {
      if (this.isWaiting) return leaveStack;
      const result = wasiFunctions[name].finish(this.process, ...args);
      if (result !== leaveStack) return result;
    }
  }

  /** What ends a waiting call from outside: its timeout, or an interrupt. */
  abandon(status: number): void {
    this.#pending = undefined;
    this.#awaited = undefined;
    this.registers[Register.status] = status;
  }

  get isWaiting(): boolean {
    return this.#pending !== undefined || this.#awaited !== undefined;
  }

  /** How long the call in the registers was ready to wait. */
  get timeoutUs(): number {
    return this.registers[Register.receiveTimeout];
  }

  enter(): number {
    switch (this.registers[Register.call]) {
      case Syscall.call:
        return this.#callService();
      case Syscall.clockRead:
        this.registers[Register.w0] = this.timeNs | 0;
        this.registers[Register.w1] = Math.floor(this.timeNs / 2 ** 32);
        this.registers[Register.status] = Status.ok;
        return 0;
      case Syscall.threadSleep:
        this.timeNs += this.registers[Register.receiveTimeout] * 1000;
        return this.#over(Status.timeout);
      case Syscall.threadYield:
        return this.#over(Status.ok);
      case Syscall.notificationPoll:
        this.#takeBits(this.registers[Register.a1]);
        return this.#over(Status.ok);
      case Syscall.notificationWait:
        return this.#waitForBits();
      default:
        throw new RangeError(`no such call here: ${this.registers[Register.call]}`);
    }
  }

  #over(status: number): number {
    this.registers[Register.status] = status;
    return this.#leaves ? leaveStack : 0;
  }

  #callService(): number {
    const service = this.#services.get(this.registers[Register.a0]);
    if (service === undefined) return this.#over(Status.badCapability);
    this.messageCount++;
    const bytes = this.#gather(this.registers[Register.a1]);
    if (bytes === undefined) return this.#over(Status.messageTooLong);
    const message: Message = {
      badge: clientBadge,
      label: this.registers[Register.label],
      words: this.registers.slice(Register.w0, Register.w5 + 1),
      bytes,
    };
    this.#handlingDescriptor = this.registers[Register.a2];
    const answer = service.handle(message, this);
    if (!("later" in answer)) return this.#over(this.#deliver(answer, this.#handlingDescriptor));
    // Nobody but a timeout of zero ends the wait by itself.
    if (this.registers[Register.receiveTimeout] !== 0) return leaveStack;
    this.#pending = undefined;
    return this.#over(Status.timeout);
  }

  defer(): { readonly later: number } {
    const ticket = this.#nextTicket++;
    this.#pending = { ticket, receiveDescriptor: this.#handlingDescriptor };
    return { later: ticket };
  }

  answer(ticket: number, answer: Answer): boolean {
    if (this.#pending?.ticket !== ticket) return false;
    this.registers[Register.status] = this.#deliver(answer, this.#pending.receiveDescriptor);
    this.#pending = undefined;
    return true;
  }

  giveUp(ticket: number): void {
    if (this.#pending?.ticket !== ticket) return;
    this.registers[Register.status] = Status.partnerGone;
    this.#pending = undefined;
  }

  nowNs(): number {
    return this.timeNs;
  }

  signal(_badge: number, bits: number): boolean {
    this.#raised |= bits;
    if (this.#awaited === undefined || (this.#raised & this.#awaited) === 0) return true;
    this.#takeBits(this.#awaited);
    this.registers[Register.status] = Status.ok;
    this.#awaited = undefined;
    return true;
  }

  destroy(): boolean {
    return false;
  }

  #takeBits(mask: number): void {
    this.registers[Register.w0] = this.#raised & mask;
    this.#raised &= ~mask;
  }

  /** As with messages, only a timeout of zero ends the wait by itself. */
  #waitForBits(): number {
    const mask = this.registers[Register.a1];
    this.#takeBits(mask);
    if (this.registers[Register.w0] !== 0) return this.#over(Status.ok);
    if (this.registers[Register.receiveTimeout] === 0) return this.#over(Status.timeout);
    this.#awaited = mask;
    return leaveStack;
  }

  #deliver({ label, words, bytes }: Answer, receiveDescriptor: number): number {
    this.registers[Register.label] = label;
    for (let i = 0; i < 6; i++) this.registers[Register.w0 + i] = words?.[i] ?? 0;
    let rest = bytes ?? new Uint8Array(0);
    for (const buffer of this.#strings(receiveDescriptor)) {
      const count = Math.min(buffer.length, rest.length);
      buffer.set(rest.subarray(0, count));
      rest = rest.subarray(count);
    }
    return rest.length === 0 ? Status.ok : Status.messageTooLong;
  }

  /** All strings of a message, one after the other in the inbox. */
  #gather(descriptor: number): Uint8Array | undefined {
    let bytes = 0;
    for (const part of this.#strings(descriptor)) {
      if (bytes + part.length > portalBytesMax) return undefined;
      this.#inbox.set(part, bytes);
      bytes += part.length;
    }
    return this.#inbox.subarray(0, bytes);
  }

  #strings(descriptor: number): Uint8Array[] {
    if (descriptor === 0) return [];
    const at = ((descriptor >>> 0) - communicationAddress) >> 2;
    const count = this.area[at + Descriptor.indirectCount];
    const list = ((this.area[at + Descriptor.indirectAddress] >>> 0) - communicationAddress) >> 2;
    const direct = this.area[at + Descriptor.directAddress] >>> 0;
    return [
      this.#bytesAt(direct, this.area[at + Descriptor.directBytes]),
      ...Array.from({ length: count }, (_, i) =>
        this.#bytesAt(this.area[list + i * 2] >>> 0, this.area[list + i * 2 + 1]),
      ),
    ];
  }

  #bytesAt(address: number, count: number): Uint8Array {
    if (address < communicationAddress) return new Uint8Array(this.memory.buffer, address, count);
    return new Uint8Array(this.area.buffer, address - communicationAddress, count);
  }
}
