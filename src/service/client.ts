// The calling side: a proxy whose methods are those of the service. A call that was answered at once is a
// promise that is resolved already; a method that streams gives its stream at once, too.
import { AbortError } from "./call-signal.ts";
import { CallQuestion } from "./call-question.ts";
import type { ReadOptions } from "./codec-reader.ts";
import type { Client, ServiceModule, SyncClient } from "./definition.ts";
import type { ErrorClass } from "./error-form.ts";
import { serveFunctions } from "./function-host.ts";
import type { Link, Question, Reply } from "./link.ts";
import { methodTable } from "./method-table.ts";
import { CallPromise, StreamReader } from "./stream-reader.ts";
import { Ask, type CallName, itemsAheadDefault, Tell } from "./wire.ts";

/** What an `AbortSignal` has that is used here: realms bring their own. */
export interface AbortSource {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener?(type: "abort", listener: () => void): void;
  removeEventListener?(type: "abort", listener: () => void): void;
  onAbort?(listener: () => void): () => void;
}

export interface CallOptions {
  /** Gives calls up: they reject with its reason, and the service is told. */
  readonly signal?: AbortSource | undefined;
  /** Milliseconds after which a call is given up. */
  readonly deadlineMs?: number | undefined;
  /** Items that a stream may be ahead of its reader; 16 unless given. */
  readonly ahead?: number | undefined;
}

export interface ClientOptions {
  readonly link: Link;
  /** Classes that errors of the service are instances of here, by their names. */
  readonly errors?: readonly ErrorClass[] | undefined;
  /** Two words that no other client has. */
  readonly identity: readonly [low: number, high: number];
}

/** A call took longer than its deadline. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** A call that was to be answered at once was not. */
export class NotImmediateError extends Error {
  override readonly name = "NotImmediateError";
}

const callerOf = new WeakMap<object, ServiceCaller>();

class ServiceCaller {
  readonly link: Link;
  readonly reading: ReadOptions;
  readonly #identity: readonly [number, number];
  #lastNumber = 0;

  constructor({ link, errors, identity }: ClientOptions) {
    this.link = link;
    this.reading = errors === undefined ? {} : { errors: new Map(errors.map((e) => [e.name, e])) };
    this.#identity = identity;
  }

  call(method: string, args: readonly unknown[], options: CallOptions | undefined): unknown {
    if (options?.signal?.aborted === true) return Promise.reject(reasonOf(options.signal));
    const question = new CallQuestion(this.#nextName(), method, args, false);
    let reply: Reply | Promise<Reply>;
    try {
      reply = this.link.ask(question, this.reading);
    } catch (error) {
      return Promise.reject(error);
    }
    if (reply instanceof Promise) return this.#pending(reply, question, options);
    return this.#settled(reply, question.name, options);
  }

  callNow(method: string, args: readonly unknown[]): unknown {
    const question = new CallQuestion(this.#nextName(), method, args, true);
    const reply = this.link.ask(question, this.reading);
    if (!(reply instanceof Promise)) {
      if (reply.label === Tell.value) return reply.value;
      if (reply.label === Tell.error) throw reply.value;
    } else {
      reply.catch(() => undefined);
      this.tell({ label: Ask.abort, name: question.name, word: 0 });
    }
    throw new NotImmediateError(
      `${method} was not answered at once: its method waits, or the service is elsewhere. Call it ` +
        "without syncOf, and await it",
    );
  }

  /** Says something whose answer does not matter. */
  tell(question: Question): void {
    try {
      void Promise.resolve(this.link.ask(question, this.reading)).catch(() => undefined);
    } catch {
      // The service is gone, and with it what it was to be told about.
    }
  }

  #settled({ label, value }: Reply, name: CallName, options: CallOptions | undefined): unknown {
    if (label === Tell.value) return Promise.resolve(value);
    if (label === Tell.stream) return this.#reader(name, options);
    return Promise.reject(label === Tell.error ? value : unknownLabel(label));
  }

  #reader(name: CallName, options: CallOptions | undefined): StreamReader {
    return new StreamReader({
      ask: (question) => this.link.ask(question, this.reading),
      tell: (question) => this.tell(question),
      name,
      ahead: options?.ahead ?? itemsAheadDefault,
    });
  }

  #pending(
    reply: Promise<Reply>,
    { name, given }: CallQuestion,
    options: CallOptions | undefined,
  ): CallPromise {
    const { link, reading } = this;
    const close = given && serveFunctions({ functions: given, name, link, reading });
    return new CallPromise((resolve, reject) => {
      let isGivenUp = false;
      const stop = this.#watch(name, options, (reason) => {
        isGivenUp = true;
        reject(reason);
      });
      // An answer that comes too late is nobody's: to make a promise of an error would be one that nobody awaits.
      const settle = (told: Reply): void => {
        if (!isGivenUp) resolve(this.#settled(told, name, options));
      };
      reply.then(settle, reject).finally(() => {
        stop();
        close?.();
      });
    });
  }

  /** Gives the call up when its signal says so, or its time is over. */
  #watch(
    name: CallName,
    options: CallOptions | undefined,
    reject: (reason: unknown) => void,
  ): () => void {
    if (options === undefined) return nothing;
    const { signal, deadlineMs } = options;
    const giveUp = (reason: unknown): void => {
      reject(reason);
      this.tell({ label: Ask.abort, name, word: 0, value: reason });
    };
    const leave = listenTo(signal, () => giveUp(reasonOf(signal!)));
    if (deadlineMs === undefined) return leave;
    const stop = this.link.after(deadlineMs, () =>
      giveUp(new DeadlineError(`there was no answer within ${deadlineMs} ms`)),
    );
    return () => {
      leave();
      stop();
    };
  }

  #nextName(): CallName {
    const [low, high] = this.#identity;
    this.#lastNumber = (this.#lastNumber + 1) | 0;
    return { low, high, number: this.#lastNumber };
  }
}

/** A proxy for a service behind a link. */
export function clientOf<T extends ServiceModule>(options: ClientOptions): Client<T> {
  return proxyOf(new ServiceCaller(options), undefined) as Client<T>;
}

/** The same client, whose calls have a signal or a deadline. */
export function withOptions<C extends AsyncDisposable>(client: C, options: CallOptions): C {
  return proxyOf(known(client), options) as C;
}

/** The same client, whose calls are answered before they return. Only for methods that do not wait. */
export function syncOf<T extends ServiceModule>(client: Client<T>): SyncClient<T> {
  const caller = known(client);
  return methodTable(
    (name) =>
      (...args: unknown[]) =>
        caller.callNow(name, args),
  ) as SyncClient<T>;
}

function known(client: object): ServiceCaller {
  const caller = callerOf.get(client);
  if (caller === undefined) throw new TypeError("this is no client of a service");
  return caller;
}

function proxyOf(caller: ServiceCaller, options: CallOptions | undefined): object {
  const close = { value: async () => caller.link.close() };
  const client = methodTable(
    (name) =>
      (...args: unknown[]) =>
        caller.call(name, args, options),
    { [Symbol.asyncDispose]: close },
  );
  callerOf.set(client, caller);
  return client;
}

function listenTo(signal: AbortSource | undefined, listener: () => void): () => void {
  if (signal === undefined) return nothing;
  if (signal.onAbort !== undefined) return signal.onAbort(listener);
  signal.addEventListener?.("abort", listener);
  return () => signal.removeEventListener?.("abort", listener);
}

function reasonOf(signal: AbortSource): unknown {
  return signal.reason ?? new AbortError("the call was given up");
}

function unknownLabel(label: number): Error {
  return new Error(
    `the server answered with label ${label}: it is no service, or died of the call`,
  );
}

function nothing(): void {}
