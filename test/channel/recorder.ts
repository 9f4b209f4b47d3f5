// A handler of links for tests: keeps what came, and knows what a test message has to look like.
import { expect } from "vitest";
import type { IncomingMessage, Link, LinkHandler } from "../../src/channel/index.ts";
import type { Ending } from "../../src/machine/line.ts";

export interface Received {
  readonly kind: number;
  readonly bytes: Uint8Array;
  readonly bulk: Uint8Array;
}

export class Recorder implements LinkHandler {
  readonly messages: Received[] = [];
  readonly endings: Ending[] = [];

  constructor(link: Link) {
    link.handle(this);
  }

  message(message: IncomingMessage): void {
    const { kind } = message;
    this.messages.push({ kind, bytes: message.copy(), bulk: message.bulk.slice() });
  }

  ended(ending: Ending): void {
    this.endings.push(ending);
  }
}

/** Bytes that no other message has, of any length. */
export function bytesOf(number: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (Math.imul(number + 1, 167) + i * 31) & 0xff);
}

export function expectMessages(received: readonly Received[], sent: readonly Uint8Array[]): void {
  expect(received.length).toBe(sent.length);
  sent.forEach((bytes, i) => {
    if (!sameBytes(received[i].bytes, bytes)) expect(received[i].bytes).toEqual(bytes);
  });
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}
