// A realm: a context of the engine with globals of its own, in which one service runs. It has a queue of
// microtasks of its own, too, which runs only when it is told to. So what a service does with a message is
// over, up to what it waits for from outside, before anything else happens: the same messages in the same
// order are the same run.
//
// It separates what services can name, not what they can use up: a loop or a leak is the core's.
import type * as nodeVm from "node:vm";
import type { Context, Script } from "node:vm";
import type { MakeRealm, RealmFace, RealmHost } from "../../../service/index.ts";
import type { Message } from "../../../userlib/index.ts";
import { type ServiceCode, ServiceLoadError } from "./service-bundle.ts";
import { watchRejections } from "./rejections.ts";

export interface RealmOptions {
  readonly runtime: RealmScript;
  readonly service: RealmScript;
  readonly host: RealmHost;
  /** Four words, for random numbers. */
  readonly seed: readonly number[];
  readonly grants: readonly string[];
  /** A promise in it was rejected, and nobody listened. */
  readonly onRejection: (reason: unknown) => void;
}

/** The state of a service between two calls: plain data, which can be written to a file or sent elsewhere. */
export interface FrozenState {
  /** Which form the state has: the `version` of the service. */
  readonly version: number;
  readonly state: Uint8Array;
}

const messageWords = 6;

/** Longest time that a service may take to load, milliseconds. */
const loadMsMax = 10_000;

/** Compiled once for all realms that it runs in. */
export class RealmScript {
  readonly code: ServiceCode;
  readonly #script: Script;

  constructor(code: ServiceCode) {
    this.code = code;
    const { Script: VmScript } = vm();
    this.#script = new VmScript(code.text, { filename: code.file });
  }

  /** Runs it. `isBounded`: for `loadMsMax` at most, which takes a thread to look at the clock. */
  run(context: Context, isBounded: boolean): unknown {
    return this.#script.runInContext(context, isBounded ? { timeout: loadMsMax } : {});
  }
}

export class Realm {
  readonly face: RealmFace;
  /**
   * Those of its face, in a list of the host: lists of realms are each of a class of their own, and code that
   * met several of those would be slow for all.
   */
  readonly words: Int32Array;
  #inbox = noBytes;
  #outbox = noBytes;
  /** What `#outbox` is a view of. */
  #ownOutbox = noBytes;
  readonly #context: Context;
  readonly #mayWait: boolean;
  readonly #serve: RealmFace["serve"];
  readonly #outboxNow: RealmFace["outbox"];
  #forgetRejections: () => void;

  /** @throws ServiceLoadError if the service is none, or fails while it loads */
  constructor({ runtime, service, host, seed, grants, onRejection }: RealmOptions) {
    const { createContext, constants } = vm();
    this.#mayWait = service.code.mayWait;
    this.#context = createContext(constants.DONT_CONTEXTIFY, {
      microtaskMode: "afterEvaluate",
      codeGeneration: { strings: false, wasm: false },
    });
    // What the runtime exports is known.
    const { makeRealm } = runtime.run(this.#context, false) as {
      makeRealm: MakeRealm;
    };
    this.face = makeRealm(host, seed.join(" "), service.code.file);
    this.#serve = this.face.serve;
    this.#outboxNow = this.face.outbox;
    this.words = new Int32Array(this.face.words.buffer);
    this.#forgetRejections = watchRejections(this.face.promisePrototype, onRejection);
    const fault = this.face.load(this.#load(service), grants.join("\n"));
    if (fault !== "") throw new ServiceLoadError(`${service.code.file}: ${fault}`);
    this.drain();
  }

  /** Hands a request in. Answers the length of the answer's body, its label and word in `words`; -1: later. */
  serve(ticket: number, { badge, label, words, bytes }: Message): number {
    for (let i = 0; i < messageWords; i++) this.words[i] = words[i];
    this.handIn(bytes);
    return this.#serve(ticket, badge, label, bytes.length);
  }

  /** Puts bytes where the realm finds them: those of a request, or of an answer to it. */
  handIn(bytes: Uint8Array): void {
    const { length } = bytes;
    if (length > this.#inbox.length) this.#inbox = viewOf(this.face.inbox(length));
    copyInto(this.#inbox, bytes, length);
  }

  /** Puts what the realm hands out into a list of the host. */
  handOutInto(target: Uint8Array, length: number): void {
    const own = this.#outboxNow();
    if (own !== this.#ownOutbox) {
      this.#ownOutbox = own;
      this.#outbox = viewOf(own);
    }
    copyInto(target, this.#outbox, length);
  }

  /** What the realm hands out, as bytes of this realm: a list of that one is none here. */
  handedOut(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.handOutInto(bytes, length);
    return bytes;
  }

  /** The state that the service has, and which form that is; undefined while something is open in it. */
  freeze(): FrozenState | undefined {
    if (this.face.openCount() > 0) return undefined;
    const length = this.face.exportState();
    if (length < 0) throw new ServiceLoadError(`it cannot be frozen: ${this.face.why()}`);
    return { version: this.face.version(), state: this.handedOut(length) };
  }

  /** Goes on from a state, of this form or another. @throws ServiceLoadError if there is no way */
  thaw({ version, state }: FrozenState): void {
    this.handIn(state);
    const fault = this.face.upgradeState(state.length, version);
    if (fault !== "") throw new ServiceLoadError(`it cannot go on from that state: ${fault}`);
  }

  /** Runs what is ready to run, until the service waits for something from outside or has nothing to do. */
  drain(): void {
    if (this.#mayWait) drainScript().runInContext(this.#context);
  }

  close(): void {
    this.#forgetRejections();
  }

  #load(service: RealmScript): unknown {
    try {
      return service.run(this.#context, true);
    } catch (error) {
      throw new ServiceLoadError(
        `${service.code.file} failed while it was loaded: ${textOf(error)}`,
      );
    }
  }
}

/** The same bytes in a list of the host. */
function viewOf({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/** Byte by byte while there are few: a call into the engine costs more. */
const fewBytes = 64;

function copyInto(to: Uint8Array, from: Uint8Array, length: number): void {
  if (length > fewBytes) to.set(from.subarray(0, length));
  else for (let i = 0; i < length; i++) to[i] = from[i];
}

const noBytes: Uint8Array = new Uint8Array(0);

function vm(): typeof nodeVm {
  return process.getBuiltinModule("node:vm");
}

let drainOnce: Script | undefined;

function drainScript(): Script {
  return (drainOnce ??= new (vm().Script)("0"));
}

/** What was thrown is of the realm, and may be anything. */
export function textOf(thrown: unknown): string {
  try {
    const { name, message } = thrown as { readonly name?: unknown; readonly message?: unknown };
    return typeof message === "string" ? `${String(name)}: ${message}` : String(thrown);
  } catch {
    return "something that cannot be shown";
  }
}
