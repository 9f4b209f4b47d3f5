// A service as its author writes it: methods over a state that is plain data. Its clients' types come from
// its own module (`import type`), so there is nothing to generate.
import type { CallSignal } from "./call-signal.ts";

/** What a method is given besides its arguments. */
export interface Context<S> {
  /** The state: plain data, changed in place. It is what survives. */
  readonly state: S;
  /** Number of the client that calls: the badge of its capability. */
  readonly caller: number;
  /** Says when the call is to be given up. */
  readonly signal: CallSignal;
  /** Milliseconds since 1970, as of the message that is being handled. */
  now(): number;
  /** Waits so many milliseconds. */
  sleep(ms: number): Promise<void>;
  /**
   * The server that was granted under a name.
   *
   * @throws GrantError if none was
   */
  connect<T extends ServiceModule>(name: string): Client<T>;
  /** The same for a server that is no service, such as a WebAssembly program: messages as they are. */
  server(name: string): RawServer;
  /** A line for whoever runs the service. */
  log(...values: readonly unknown[]): void;
}

export interface RawMessage {
  readonly label: number;
  /** Up to six words. */
  readonly words?: readonly number[];
  readonly bytes?: Uint8Array;
}

export interface RawServer {
  /** Rejects if the server is gone or does not answer. */
  send(message: RawMessage): Promise<Required<RawMessage>>;
}

export type Methods<S> = Readonly<
  Record<string, (context: Context<S>, ...args: never[]) => unknown>
>;

export interface ServiceDefinition<S, M extends Methods<S>> {
  /** Makes the first state. */
  readonly state?: () => S;
  /** Which form the state has: a whole number, raised whenever that changes. 0 unless given. */
  readonly version?: number;
  /**
   * Makes the state of this form from that of another, when the service takes the place of one with another
   * version while it runs (`shoal upgrade`). It may not wait. What it throws is why the other one stays. What the
   * other form was like is known to the author alone, who says so as the type of the first parameter.
   */
  readonly upgrade?: (state: never, fromVersion: number) => NoInfer<S>;
  /**
   * One call at a time, or several that take turns where they await. Default: `false`. The bodies of
   * streams take turns with calls either way.
   */
  readonly concurrent?: boolean;
  readonly methods: M;
}

/** Declares a service: `export default service({ state: () => ({...}), methods: {...} })`. */
export function service<S, M extends Methods<S>>(
  definition: ServiceDefinition<S, M> & { readonly methods: Methods<S> },
): ServiceDefinition<S, M> {
  return definition;
}

/** What `typeof import("./notes.ts")` is. */
export interface ServiceModule {
  readonly default: { readonly methods: Readonly<Record<string, (...args: never[]) => unknown>> };
}

/** A stream as its reader has it: `for await` reads it, leaving the loop closes it. */
export interface Stream<T> extends AsyncIterableIterator<T>, AsyncDisposable {}

type Streaming<T> = AsyncGenerator<T, unknown, undefined> | Generator<T, unknown, undefined>;

type Remote<F> = F extends (context: never, ...args: infer A) => infer R
  ? [R] extends [never]
    ? (...args: A) => Promise<never>
    : R extends Streaming<infer T>
      ? (...args: A) => Stream<T>
      : (...args: A) => Promise<Awaited<R>>
  : never;

/** What a client calls: each method, without its context. */
export type Client<T extends ServiceModule> = {
  readonly [K in keyof T["default"]["methods"]]: Remote<T["default"]["methods"][K]>;
} & AsyncDisposable;

type Immediate<F> = F extends (context: never, ...args: infer A) => infer R
  ? (...args: A) => R
  : never;

/** The methods that answer at once, for a client that asks for that. */
export type SyncClient<T extends ServiceModule> = {
  readonly [K in keyof T["default"]["methods"]]: T["default"]["methods"][K] extends (
    ...args: never[]
  ) => PromiseLike<unknown> | Streaming<unknown>
    ? never
    : Immediate<T["default"]["methods"][K]>;
};
