// What a realm and its host have of each other. Only numbers and texts cross, and bytes that lie in lists
// which the realm made: a reference to an object of the host would be a way out of the realm.

/** Functions of the host, without `this`. They take and give numbers and texts; what they throw stays outside. */
export interface RealmHost {
  /** Milliseconds since 1970. */
  now(): number;
  /** Thirty-two random bits. */
  entropy(): number;
  /** A request was answered after all. The body: the first `bytes` of `outbox()`. */
  tell(ticket: number, label: number, word: number, bytes: number): void;
  /** A request to a granted server: its words are in `words`, its body as in `tell`. */
  ask(number: number, target: number, label: number, bytes: number): void;
  /** `fire(number)` is to be called after so many milliseconds. */
  startTimer(number: number, ms: number): void;
  stopTimer(number: number): void;
  log(line: string): void;
}

/**
 * What a realm offers its host. What is called for every message is a function without `this`: the host takes it
 * once, since the face of each realm is of a class of its own, and to look into several of those is slow.
 */
export interface RealmFace {
  /** Words of the request or the answer that is being handed over. */
  readonly words: Int32Array;
  /** Room for the bytes that are handed in. */
  inbox(bytes: number): Uint8Array;
  /** Where the bytes lie that are handed out; another list once they were many. */
  readonly outbox: () => Uint8Array;
  /** Takes the service's module. Answers what is wrong with it, or nothing. */
  load(module: unknown, grants: string): string;
  /** A request. Answers the length of the answer's body, its label and word in `words`; -1: later. */
  readonly serve: (ticket: number, caller: number, label: number, bytes: number) => number;
  /** What a request to a server came to; its words are in `words`. */
  replied(number: number, status: number, label: number, bytes: number): void;
  fire(number: number): void;
  /** Calls, streams and questions that are open. */
  openCount(): number;
  /** Whether the call of this name is open. */
  isOpen(low: number, high: number, number: number): boolean;
  /** Writes the state into the outbox; its length. -1: it cannot be written, and `why` says why not. */
  exportState(): number;
  why(): string;
  importState(bytes: number): void;
  /**
   * The same with the state of another form of the service, which had that version. Answers why that cannot be;
   * nothing if it can.
   */
  upgradeState(bytes: number, fromVersion: number): string;
  /** The form of the state that this service has. */
  version(): number;
  /** The names of its methods, a line each. */
  methods(): string;
  readonly promisePrototype: object;
}

/** `file`: what frames of the service are of, in traces. */
export type MakeRealm = (host: RealmHost, seed: string, file: string) => RealmFace;

/** The one name by which the code of a realm, and that of a service, is found once it has run. */
export const realmName = "shoalRealm";
export const moduleName = "shoalService";
