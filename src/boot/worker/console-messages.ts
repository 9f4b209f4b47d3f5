// What a core's console and the thread that holds the standard streams say to each other.
import type { MessagePort } from "node:worker_threads";
import type { ConsoleDevice } from "../../server/console/index.ts";

/**
 * From the core. Requests of the program are numbered by counting, in its log as here: a program that is
 * brought up again and makes its last request once more is known by the number.
 */
export type FromConsole =
  | {
      readonly kind: "write";
      readonly request: number;
      readonly stream: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: "took"; readonly request: number; readonly count: number }
  | { readonly kind: "want"; readonly bytesMax: number }
  | { readonly kind: "drain" };

/** To the core. */
export type ToConsole =
  | { readonly kind: "wrote"; readonly stream: number; readonly count: number }
  | { readonly kind: "failed"; readonly stream: number; readonly errno: number }
  | { readonly kind: "input"; readonly bytes: Uint8Array }
  /** No more for now: 0 at the end of input, or a negative errno. */
  | { readonly kind: "end"; readonly answer: number }
  | { readonly kind: "drained" };

/** What the last request had come to when its core was lost. */
export interface PastRequest {
  readonly request: number;
  readonly writtenBytes: number;
  readonly read: Uint8Array | undefined;
}

/** What a core begins with. The port is transferred. */
export interface ConsoleTurn {
  readonly port: MessagePort;
  readonly streams: ConsoleDevice["streams"];
  readonly past: PastRequest | undefined;
  /** Input that was taken from the host and read by nobody. */
  readonly input: Uint8Array;
}
