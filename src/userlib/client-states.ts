// What a service tells of its clients for an image, and is told to put them back: plain data, of several
// clients at once, since what two of them have open together is to be one thing again.
//
// Before, each client is let go of: what it waits for is answered with `askAgain`, upon which its thread asks
// the same once more when it goes on, here or wherever the image is restored. So no image holds a request
// that is under way, and none is lost.
import type { ServiceHost } from "./service.ts";

/** Plain data, as `structuredClone` copies it, of objects, lists, numbers, texts, truth values and bytes. */
export type StateData =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly StateData[]
  | { readonly [key: string]: StateData };

/**
 * Label of an answer that is none: nothing has been done, and the question may be asked again. No errno is
 * as large.
 */
export const askAgain = 0x1_0000;

/** Label of the message by which a service is told to let go of the client whose badge is in w0. */
export const letGoAsk = 0x7f00;

/** The badge of who may say so: it is given to no client. */
export const operatorBadge = 0x7fff_ffff;

/** Why clients cannot be put into an image, or what an image says cannot be put back. */
export class ClientStateError extends Error {
  override readonly name = "ClientStateError";
}

export interface ClientStates {
  /**
   * What these clients have at the service, as plain data. None of them waits for anything.
   *
   * @throws ClientStateError if something of it cannot be taken to another place
   */
  exportClients(badges: readonly number[]): StateData;
  /**
   * Gives clients that have nothing yet what `exportClients` told.
   *
   * @throws ClientStateError if something of it is not there any more, or is another thing
   */
  importClients(state: StateData): void;
  /** Answers everything that a client waits for, with `askAgain` where nothing has been done for it. */
  letGo?(badge: number, host: ServiceHost): void;
}
