// Waits for calls in tests: keeps what they came to.
import type { CallServer, CallWaiter, IncomingMessage, Rpc } from "../../src/channel/index.ts";

export class Answers implements CallWaiter {
  /** By the call's number: the answer's bytes behind that. */
  readonly answers = new Map<number, Uint8Array>();
  readonly errors: Error[] = [];

  answered(call: number, message: IncomingMessage): void {
    this.answers.set(call, message.copy(4));
  }

  failed(_call: number, error: Error): void {
    this.errors.push(error);
  }
}

/** A server that keeps requests until a test has them answered, each with its bytes turned round. */
export class Keeper implements CallServer {
  readonly asked: { readonly call: number; readonly bytes: Uint8Array }[] = [];
  readonly abandonedCalls: number[] = [];
  endedCount = 0;

  request(call: number, message: IncomingMessage): void {
    this.asked.push({ call, bytes: message.copy(4) });
  }

  abandoned(call: number): void {
    this.abandonedCalls.push(call);
  }

  ended(): void {
    this.endedCount++;
  }

  /** Answers all that were asked, the last one first. */
  answerAll(rpc: Rpc): void {
    for (const { call, bytes } of this.asked.splice(0).toReversed()) {
      rpc.answer(call, bytes.toReversed());
    }
  }
}
