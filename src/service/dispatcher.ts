// The serving side of a service: finds the method that a message asks for, runs it, and answers with what
// it came to. It runs in the service's own realm, and for powers of the host in the host's. It knows nothing
// of kernels: messages come as labels, words and values, and answers go the same way.
import { AbortError, CallSignal } from "./call-signal.ts";
import type { Methods, ServiceDefinition } from "./definition.ts";
import type { Outcome } from "./wire.ts";
import { Ask, type CallName, itemsAheadMax, keyOf, Tell } from "./wire.ts";
import { OpenCall } from "./open-call.ts";
import { isStream, StreamPump } from "./stream-pump.ts";
import { errorTelling, type Telling } from "./telling.ts";
import { contextClass, type MakeContext, type Surroundings } from "./call-context.ts";
import { Turns } from "./turns.ts";

export interface Request {
  /** For an answer that is given later. */
  readonly ticket: number;
  readonly caller: number;
  readonly label: number;
  readonly name: CallName;
  readonly word: number;
  /** Reads the body; functions in it become what `functions` makes of them. */
  body(functions?: (number: number) => unknown): unknown;
}

export interface DispatcherOptions {
  readonly definition: ServiceDefinition<unknown, Methods<unknown>>;
  readonly state: unknown;
  readonly surroundings: Surroundings;
  /** Gives an answer to a request that was answered with nothing at first. */
  readonly answer: (ticket: number, telling: Telling) => void;
}

/** A call of a method that the service does not have, or of what is no method. */
export class MethodError extends Error {
  override readonly name = "MethodError";
}

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #methods: Methods<unknown>;
  readonly #byName: ReadonlyMap<string, Methods<unknown>[string]>;
  readonly #open = new Map<string, OpenCall>();
  readonly #turns: Turns | undefined;
  readonly #Context: MakeContext;
  #openCount = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#methods = options.definition.methods;
    this.#byName = new Map(Object.entries(this.#methods));
    this.#Context = contextClass(options.surroundings);
    this.#turns = options.definition.concurrent === true ? undefined : new Turns();
  }

  /** Calls that are not over, and streams that are not at their end. */
  get openCount(): number {
    return this.#openCount;
  }

  /** Serves a request. Answers what to answer; undefined: that will be given later. */
  serve(request: Request): Telling | undefined {
    try {
      return this.#serve(request);
    } catch (error) {
      return errorTelling(error);
    }
  }

  #serve(request: Request): Telling | undefined {
    switch (request.label) {
      case Ask.call:
        return this.#call(request);
      case Ask.next:
        return this.#next(request);
      case Ask.close:
        this.#find(request.name)?.close();
        return nothing;
      case Ask.abort:
        this.#find(request.name)?.abort(request.body() ?? undefined);
        return nothing;
      case Ask.take:
        return this.#take(request);
      case Ask.settle:
        this.#find(request.name)?.settled(request.word, request.body() as Outcome);
        return nothing;
      default:
        throw new MethodError(`there is no request ${request.label}: see docs/guide/services.md`);
    }
  }

  #call(request: Request): Telling | undefined {
    const { name } = request;
    const call = request.word === 0 ? undefined : this.#enter(name);
    const args = listOf(request.body(call && ((number) => call.callback(number))));
    const run = this.#methodOf(String(args[0]));
    if (this.#turns !== undefined && this.#turns.isTaken) {
      const entered = call ?? this.#enter(name);
      void this.#turns.wait().then(() => {
        const told = this.#run(request, run, args, entered);
        if (told !== undefined) this.#tell(request, told, entered);
      });
      return undefined;
    }
    const told = this.#run(request, run, args, call);
    if (told !== undefined && told.label !== Tell.stream && call !== undefined) this.#leave(call);
    return told;
  }

  #methodOf(name: string): Methods<unknown>[string] {
    const method = this.#byName.get(name);
    if (method !== undefined) return method;
    const names = [...this.#byName.keys()].join(", ");
    throw new MethodError(`the service has no method ${name}; it has ${names}`);
  }

  /** Runs a method; in `args` its name gives way to its context. Undefined: it goes on, and will answer. */
  #run(
    request: Request,
    method: Methods<unknown>[string],
    args: unknown[],
    entered: OpenCall | undefined,
  ): Telling | undefined {
    const context = new this.#Context(this.#options.state, request.caller, entered?.signal);
    let value: unknown;
    try {
      entered?.signal.throwIfAborted();
      args[0] = context;
      value = Reflect.apply(method, this.#methods, args);
    } catch (error) {
      this.#turns?.done();
      return errorTelling(error);
    }
    if (isStream(value))
      return this.#stream(value, entered ?? this.#enter(request.name, context.signal));
    if (!isPromise(value)) {
      this.#turns?.done();
      return { label: Tell.value, word: 0, value };
    }
    this.#await(request, value, entered ?? this.#enter(request.name, context.signal));
    return undefined;
  }

  #await(request: Request, value: PromiseLike<unknown>, call: OpenCall): void {
    this.#turns?.take();
    const over = (told: Telling): void => {
      this.#turns?.done();
      this.#tell(request, told, call);
    };
    value.then(
      (result) => over({ label: Tell.value, word: 0, value: result }),
      (error: unknown) => over(errorTelling(error)),
    );
  }

  #stream(source: object, call: OpenCall): Telling {
    this.#turns?.done();
    call.pump = new StreamPump(source, {
      tell: (ticket, telling) => this.#options.answer(ticket, telling),
      ended: () => this.#leave(call),
    });
    return { label: Tell.stream, word: 0, value: undefined };
  }

  #next({ ticket, name, word }: Request): Telling | undefined {
    const pump = this.#find(name)?.pump;
    if (pump === undefined)
      throw new AbortError("the stream is over: it was closed, or is of an earlier life");
    return pump.next(ticket, Math.min(Math.max(word, 1), itemsAheadMax));
  }

  /** Whoever asks may be ahead of the call, or behind its end; it says so itself when the call is over. */
  #take({ ticket, name }: Request): Telling | undefined {
    const call = this.#find(name) ?? this.#enter(name);
    return call.take(ticket);
  }

  #enter(name: CallName, signal?: CallSignal): OpenCall {
    const key = keyOf(name);
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const call = new OpenCall(key, signal ?? new CallSignal(), this.#options.answer);
    this.#open.set(key, call);
    this.#openCount++;
    call.onClosed = () => this.#leave(call);
    return call;
  }

  #find(name: CallName): OpenCall | undefined {
    return this.#open.get(keyOf(name));
  }

  #tell({ ticket }: Request, told: Telling, call: OpenCall): void {
    if (told.label !== Tell.stream) this.#leave(call);
    this.#options.answer(ticket, told);
  }

  #leave(call: OpenCall): void {
    if (!this.#open.delete(call.key)) return;
    this.#openCount--;
    call.over();
  }
}

const nothing: Telling = { label: Tell.value, word: 0, value: undefined };

function listOf(body: unknown): unknown[] {
  if (Array.isArray(body) && body.length > 0) return body;
  throw new MethodError("a call is a list: the method's name, and its arguments");
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
