// A service with several clients and no kernel: asks it as any badge, and keeps what it answers late.
import {
  Ask,
  type Answer,
  FdFlag,
  type Service,
  type ServiceHost,
} from "../../src/userlib/index.ts";
import { toBytes, toText } from "./guest.ts";

/** What a client got: an errno, words, and bytes as text. */
export interface Got {
  readonly errno: number;
  readonly words: readonly number[];
  readonly text: string;
}

/** What a client is still to get. */
export class Waiting {
  got: Got | undefined;
}

export class ServiceRig implements ServiceHost {
  readonly outbox = new Uint8Array(1024 * 1024);
  readonly service: Service;
  /** Bits raised so far, by badge. */
  readonly signals = new Map<number, number>();
  /** Tickets given out and not answered. */
  readonly tickets = new Map<number, Waiting>();
  readonly destroyed: number[] = [];
  #lastTicket = 0;

  constructor(service: Service) {
    this.service = service;
  }

  /** What a client gets, at once or later. */
  ask(
    badge: number,
    label: number,
    words: readonly number[] = [],
    bytes: Uint8Array = new Uint8Array(0),
  ): Waiting {
    const all = new Int32Array(6);
    all.set(words);
    const answer = this.service.handle({ badge, label, words: all, bytes }, this);
    const waiting = new Waiting();
    if ("later" in answer) this.tickets.set(answer.later, waiting);
    else waiting.got = gotOf(answer);
    return waiting;
  }

  /** What a client gets that does not have to wait. */
  now(badge: number, label: number, words: readonly number[] = [], bytes?: Uint8Array): Got {
    const { got } = this.ask(badge, label, words, bytes);
    if (got === undefined) throw new RangeError("the service lets its client wait");
    return got;
  }

  write(badge: number, handle: number, text: string | Uint8Array, flags = 0): Waiting {
    const bytes = typeof text === "string" ? toBytes(text) : text;
    return this.ask(badge, Ask.write, [handle, 0, 0, flags], bytes);
  }

  read(badge: number, handle: number, count: number, flags = 0): Waiting {
    return this.ask(badge, Ask.read, [handle, 0, 0, count, flags]);
  }

  gone(badge: number): void {
    this.service.onClientGone?.(badge, this);
  }

  defer(): { readonly later: number } {
    return { later: ++this.#lastTicket };
  }

  answer(ticket: number, answer: Answer): boolean {
    const waiting = this.tickets.get(ticket);
    this.tickets.delete(ticket);
    if (waiting !== undefined) waiting.got = gotOf(answer);
    return waiting !== undefined;
  }

  giveUp(ticket: number): void {
    this.tickets.delete(ticket);
  }

  signal(badge: number, bits: number): boolean {
    this.signals.set(badge, (this.signals.get(badge) ?? 0) | bits);
    return true;
  }

  destroy(slot: number): boolean {
    return this.destroyed.push(slot) > 0;
  }

  nowNs(): number {
    return 0;
  }
}

export const { nonblock } = FdFlag;

function gotOf({ label, words, bytes }: Answer): Got {
  return { errno: label, words: [...(words ?? [])], text: toText(bytes ?? new Uint8Array(0)) };
}
