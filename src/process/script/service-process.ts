// A TypeScript service as a process: a portal that hands messages to the service's `handle`, and a
// thread that waits for its notification. The service has a memory of its own, into which the kernel
// copies messages and out of which it copies answers.
import {
  Descriptor,
  descriptorWords,
  forever,
  leaveStack,
  portalBytesMax,
  Register,
  Status,
  Syscall,
} from "../../abi/index.ts";
import {
  type Answer,
  type Later,
  letGoAsk,
  type Message,
  operatorBadge,
  type Service,
  type ServiceHost,
} from "../../userlib/index.ts";
import type { Core, Runner } from "../core.ts";
import type { SpaceMemories } from "../memories.ts";

/** Where things stand in the memory of a service, in bytes. */
const inboxAddress = 4096;
const outboxAddress = inboxAddress + portalBytesMax;
const memoryBytes = outboxAddress + portalBytesMax;
const receiveDescriptor = 16;
const sendDescriptor = 64;
const pageBytes = 65536;
const inboxPartCount = 64;
const receivedBytes = (receiveDescriptor >> 2) + Descriptor.directBytes;
const sentBytes = (sendDescriptor >> 2) + Descriptor.directBytes;
const sentAddress = (sendDescriptor >> 2) + Descriptor.directAddress;

// Copies of imported constants, which the engine folds only when they are a module's own.
const badgeRegister = Register.badge;
const labelRegister = Register.label;
const firstWord = Register.w0;
const sentDescriptor = Register.a1;
const messageWords = 6;
const bytesMax = portalBytesMax;
const letGo = letGoAsk;
const operator = operatorBadge;
const noWords: readonly number[] = [];

/**
 * Slots of a service's space: its notification and endpoint, replies that it owes, the notifications of
 * its clients, and processes that it controls.
 */
export const serviceSlots = {
  notification: 2,
  endpoint: 3,
  firstReply: 256,
  replyCount: 4096,
  firstClient: 8192,
  firstProcess: 12288,
} as const;

/** Raised in a service's own notification when a client of its is gone; the other bits are its devices'. */
export const clientGoneBit = 1 << 30;

export interface ServiceProcessOptions {
  readonly core: Core;
  readonly memories: SpaceMemories;
  readonly space: number;
  readonly service: Service;
  readonly nowNs: () => number;
  /**
   * Memory that it has together with others, for a service that reads what came before it calls anybody,
   * and writes what it answers when it answers. Its own unless given.
   */
  readonly memory?: WebAssembly.Memory | undefined;
}

/** Memory for services that share one. */
export function sharedServiceMemory(): WebAssembly.Memory {
  const pages = Math.ceil(memoryBytes / pageBytes);
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}

/** Address of the descriptor that a service's portal receives with. */
export const serviceDescriptor = receiveDescriptor;

export class ServiceProcess implements ServiceHost, Runner {
  readonly outbox: Uint8Array;
  readonly #options: ServiceProcessOptions;
  readonly #service: Service;
  readonly #registers: Int32Array;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #message: {
    badge: number;
    label: number;
    readonly words: Int32Array;
    bytes: Uint8Array;
  };
  readonly #noBytes: Uint8Array;
  readonly #inboxParts: (Uint8Array | undefined)[] = Array.from(
    { length: inboxPartCount },
    () => undefined,
  );
  #lastAnswered: Uint8Array | undefined;
  #freeTickets: number[] = [];
  #nextTicket: number = serviceSlots.firstReply;
  #isWaiting = false;
  /** By badge, the slot of the notification that the client waits with. */
  readonly #clients = new Map<number, number>();
  readonly #freeClientSlots: number[] = [];
  #nextClientSlot: number = serviceSlots.firstClient;
  #goneClients: number[] = [];

  constructor(options: ServiceProcessOptions) {
    this.#options = options;
    this.#service = options.service;
    this.#registers = options.core.registers;
    const memory = options.memory ?? sharedServiceMemory();
    options.memories.attach(options.space, memory, options.memory === undefined);
    this.#words = new Int32Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    this.outbox = this.#bytes.subarray(outboxAddress, outboxAddress + portalBytesMax);
    this.#noBytes = this.#bytes.subarray(0, 0);
    this.#message = { badge: 0, label: 0, words: new Int32Array(6), bytes: this.#noBytes };
    this.#openBoxes();
  }

  /** Runs as the portal: the message is in the registers, its bytes in the inbox. */
  serve(): void {
    const registers = this.#registers;
    const message = this.#message;
    const { words } = message;
    message.badge = registers[badgeRegister]!;
    message.label = registers[labelRegister]!;
    for (let i = 0; i < messageWords; i++) words[i] = registers[firstWord + i]!;
    const received = this.#words[receivedBytes]!;
    message.bytes = received === 0 ? this.#noBytes : this.#inboxPart(received);
    // The length that came is all in which it differs from the descriptor of a free inbox.
    this.#words[receivedBytes] = bytesMax;
    const answer =
      message.label === letGo && message.badge === operator
        ? this.#letGo(words[0]!)
        : this.#service.handle(message satisfies Message, this);
    if ("later" in answer) {
      registers[sentDescriptor] = 0;
      return;
    }
    this.#put(answer);
  }

  /** A client is to be captured: it asks again for what it waits for, when it goes on. */
  #letGo(badge: number): Answer {
    this.#options.service.states?.letGo?.(badge, this);
    return { label: 0 };
  }

  defer(): Later {
    const { registers } = this.#options.core;
    const ticket = this.#freeTickets.pop() ?? this.#nextTicket++;
    registers[Register.call] = Syscall.saveReply;
    registers[Register.a0] = ticket;
    this.#options.core.enter();
    if (registers[Register.status] !== Status.ok) {
      throw new RangeError(
        `the service ${this.#options.service.name} cannot defer any more answers`,
      );
    }
    return { later: ticket };
  }

  answer(ticket: number, answer: Answer): boolean {
    const { registers } = this.#options.core;
    this.#put(answer);
    registers[Register.call] = Syscall.reply;
    registers[Register.a0] = ticket;
    registers[Register.sendTimeout] = 0;
    this.#options.core.enter();
    const status = registers[Register.status];
    // A caller that is gone leaves its reply slot stale: it is emptied for the next one.
    if (status !== Status.ok) this.#callOn(Syscall.capabilityDelete, ticket);
    this.#freeTickets.push(ticket);
    return status === Status.ok;
  }

  giveUp(ticket: number): void {
    this.#callOn(Syscall.capabilityDelete, ticket);
    this.#freeTickets.push(ticket);
  }

  nowNs(): number {
    return this.#options.nowNs();
  }

  signal(badge: number, bits: number): boolean {
    const slot = this.#clients.get(badge);
    return slot !== undefined && this.#callOn(Syscall.notificationSignal, slot, bits) === Status.ok;
  }

  destroy(slot: number): boolean {
    const status = this.#callOn(Syscall.objectDestroy, slot);
    this.#callOn(Syscall.capabilityDelete, slot);
    return status === Status.ok;
  }

  /** A slot for the capability to the notification of a new client. */
  admit(badge: number): number {
    const slot = this.#freeClientSlots.pop() ?? this.#nextClientSlot++;
    this.#clients.set(badge, slot);
    return slot;
  }

  /** A client's space is gone: the service hears of it when `clientGoneBit` is raised. */
  clientGone(badge: number): void {
    this.#goneClients.push(badge);
  }

  // The service's own thread: it waits for its notification, and runs `onSignal` when bits are raised.

  resume(): void {
    queueMicrotask(() => this.#run());
  }

  drop(): void {
    this.#isWaiting = false;
  }

  #run(): void {
    const { core } = this.#options;
    for (;;) {
      if (this.#isWaiting) this.#signalled(core.registers[Register.w0]!);
      this.#isWaiting = true;
      core.registers[Register.call] = Syscall.notificationWait;
      core.registers[Register.a0] = serviceSlots.notification;
      core.registers[Register.a1] = 0;
      core.registers[Register.receiveTimeout] = forever;
      if (core.enter() === leaveStack) break;
    }
    core.left();
  }

  #signalled(bits: number): void {
    const { service } = this.#options;
    for (const badge of this.#goneClients.splice(0)) {
      service.onClientGone?.(badge, this);
      this.#forget(badge);
    }
    const own = bits & ~clientGoneBit;
    if (own !== 0) service.onSignal?.(own, this);
  }

  #forget(badge: number): void {
    const slot = this.#clients.get(badge);
    if (slot === undefined) return;
    this.#clients.delete(badge);
    this.#callOn(Syscall.capabilityDelete, slot);
    this.#freeClientSlots.push(slot);
  }

  /** The first bytes of the inbox: sizes in use cost no new view each time. */
  #inboxPart(bytes: number): Uint8Array {
    const index = (bytes ^ (bytes >>> 6)) & (inboxPartCount - 1);
    const known = this.#inboxParts[index];
    if (known !== undefined && known.length === bytes) return known;
    return (this.#inboxParts[index] = this.#bytes.subarray(inboxAddress, inboxAddress + bytes));
  }

  /** Both descriptors say nothing but where a string is, or may be. */
  #openBoxes(): void {
    const descriptors = [receiveDescriptor, sendDescriptor];
    for (const at of descriptors) this.#words.fill(0, at >> 2, (at >> 2) + descriptorWords);
    this.#words[receivedBytes] = bytesMax;
    this.#words[(receiveDescriptor >> 2) + Descriptor.directAddress] = inboxAddress;
  }

  #put({ label, words = noWords, bytes }: Answer): void {
    const registers = this.#registers;
    const count = Math.min(words.length, messageWords);
    registers[labelRegister] = label;
    for (let i = 0; i < count; i++) registers[firstWord + i] = words[i]!;
    for (let i = count; i < messageWords; i++) registers[firstWord + i] = 0;
    registers[sentDescriptor] = this.#describe(bytes);
  }

  /** The send descriptor for the bytes of an answer: they go from the outbox, copied there if need be. */
  #describe(bytes: Uint8Array | undefined): number {
    if (bytes === undefined || bytes.length === 0) return 0;
    this.#words[sentAddress] = this.#addressOf(bytes);
    this.#words[sentBytes] = bytes.length;
    return sendDescriptor;
  }

  /** Where an answer's bytes lie; they are copied to the outbox if they lie elsewhere. */
  #addressOf(bytes: Uint8Array): number {
    // The same view as last time, as most are: to ask for its buffer would be another call.
    if (bytes === this.#lastAnswered) return outboxAddress;
    if (bytes.buffer !== this.#bytes.buffer) this.outbox.set(bytes);
    else if (bytes.byteOffset !== outboxAddress) return bytes.byteOffset;
    else this.#lastAnswered = bytes;
    return outboxAddress;
  }

  /** A call on a slot that never waits. */
  #callOn(syscall: number, slot: number, argument = 0): number {
    const { registers } = this.#options.core;
    registers[Register.call] = syscall;
    registers[Register.a0] = slot;
    registers[Register.a1] = argument;
    this.#options.core.enter();
    return registers[Register.status]!;
  }
}
