// The serving side of a service: finds the method that a message asks for, runs it, and answers with what
// it came to. It runs in the service's own realm, and for powers of the host in the host's. It knows nothing
// of kernels: messages come as labels, words and values, and answers go the same way.
import { AbortError, CallSignal } from "./call-signal.ts";
import { type Call, CodecReader } from "./codec-reader.ts";
import type { Context, Methods, ServiceDefinition } from "./definition.ts";
import type { Outcome } from "./wire.ts";
import { Ask, type CallName, itemsAheadMax, Tell } from "./wire.ts";
import { GivenUp } from "./given-up.ts";
import { OpenCall } from "./open-call.ts";
import { OpenCalls } from "./open-calls.ts";
import { isStream, StreamPump } from "./stream-pump.ts";
import { errorTelling, type Telling } from "./telling.ts";
import { contextClass, type MakeContext, type Surroundings } from "./call-context.ts";
import { Turns } from "./turns.ts";

export interface Request extends CallName {
  /** For an answer that is given later. */
  readonly ticket: number;
  readonly caller: number;
  readonly label: number;
  readonly word: number;
  /** The body: so many bytes from the beginning on. They are read before `serve` returns. */
  readonly bytes: Uint8Array;
  readonly length: number;
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
  readonly #byName: ReadonlyMap<unknown, Methods<unknown>[string]>;
  readonly #reader = new CodecReader();
  readonly #open = new OpenCalls();
  readonly #givenUp = new GivenUp();
  readonly #turns: Turns | undefined;
  readonly #Context: MakeContext;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#methods = options.definition.methods;
    this.#byName = new Map(Object.entries(this.#methods));
    this.#Context = contextClass(options.surroundings);
    this.#turns = options.definition.concurrent === true ? undefined : new Turns();
  }

  /** Calls that are not over, and streams that are not at their end. */
  get openCount(): number {
    return this.#open.count;
  }

  /** Whether a call is there that is not over. */
  isOpen(name: CallName): boolean {
    return this.#find(name) !== undefined;
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
        this.#find(request)?.close();
        return nothing;
      case Ask.abort:
        this.#abort(request);
        return nothing;
      case Ask.take:
        return this.#take(request);
      case Ask.settle:
        this.#find(request)?.settled(request.word, this.#body(request) as Outcome);
        return nothing;
      default:
        throw new MethodError(`there is no request ${request.label}: see docs/guide/services.md`);
    }
  }

  #abort(request: Request): void {
    const reason = this.#body(request) ?? undefined;
    const call = this.#find(request);
    if (call === undefined) this.#givenUp.add(request, reason ?? new AbortError(givenUpEarly));
    else call.abort(reason);
  }

  #call(request: Request): Telling | undefined {
    if (this.#givenUp.has(request)) return errorTelling(this.#givenUp.take(request));
    const call = request.word === 0 ? undefined : this.#enter(request);
    const context = new this.#Context(this.#options.state, request.caller, call?.signal);
    const { method, args } = this.#read(request, context, call);
    const run = this.#byName.get(method) ?? this.#noMethod(String(method));
    if (this.#turns !== undefined && this.#turns.isTaken) {
      const entered = call ?? this.#enter(request, context.signal);
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

  /** What is asked for; functions among its arguments run at the client, while the call is open. */
  #read({ bytes, length }: Request, context: unknown, call: OpenCall | undefined): Call {
    if (call === undefined) return this.#reader.readCall(bytes, length, context);
    const functions = (number: number): unknown => call.callback(number);
    return this.#reader.readCall(bytes, length, context, { functions });
  }

  #body({ bytes, length }: Request): unknown {
    return length === 0 ? undefined : this.#reader.read(bytes, length);
  }

  #noMethod(name: string): never {
    const names = [...this.#byName.keys()].join(", ");
    throw new MethodError(`the service has no method ${name}; it has ${names}`);
  }

  /** Runs a method; the first of `args` is its context. Undefined: it goes on, and will answer. */
  #run(
    request: Request,
    method: Methods<unknown>[string],
    args: readonly unknown[],
    entered: OpenCall | undefined,
  ): Telling | undefined {
    let value: unknown;
    try {
      entered?.signal.throwIfAborted();
      value = Reflect.apply(method, this.#methods, args);
    } catch (error) {
      this.#turns?.done();
      return errorTelling(error);
    }
    if (isStream(value)) return this.#stream(value, entered ?? this.#enterWith(request, args));
    if (isPromise(value)) {
      return this.#await(request, value, entered ?? this.#enterWith(request, args));
    }
    this.#turns?.done();
    return { label: Tell.value, word: 0, value };
  }

  #await(request: Request, value: PromiseLike<unknown>, call: OpenCall): undefined {
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

  #next(request: Request): Telling | undefined {
    const { ticket, word } = request;
    const pump = this.#find(request)?.pump;
    if (pump === undefined)
      throw new AbortError("the stream is over: it was closed, or is of an earlier life");
    return pump.next(ticket, Math.min(Math.max(word, 1), itemsAheadMax));
  }

  /** Whoever asks may be ahead of the call, or behind its end; it says so itself when the call is over. */
  #take(request: Request): Telling | undefined {
    const call = this.#find(request) ?? this.#enter(request);
    return call.take(request.ticket);
  }

  #enter(name: CallName, signal?: CallSignal): OpenCall {
    const known = this.#open.find(name);
    if (known !== undefined) return known;
    const call = new OpenCall(name, signal ?? new CallSignal(), this.#options.answer);
    this.#open.add(call);
    call.onClosed = () => this.#leave(call);
    return call;
  }

  /** A call whose method knows a signal already. */
  #enterWith(name: CallName, [context]: readonly unknown[]): OpenCall {
    return this.#enter(name, (context as Context<unknown>).signal);
  }

  #find(name: CallName): OpenCall | undefined {
    return this.#open.find(name);
  }

  #tell({ ticket }: Request, told: Telling, call: OpenCall): void {
    if (told.label !== Tell.stream) this.#leave(call);
    this.#options.answer(ticket, told);
  }

  #leave(call: OpenCall): void {
    if (this.#open.remove(call)) call.over();
  }
}

const givenUpEarly = "the call was given up before it came";

const nothing: Telling = { label: Tell.value, word: 0, value: undefined };

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
