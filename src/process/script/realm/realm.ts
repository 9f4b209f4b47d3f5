// A realm: a context of the engine with globals of its own, in which one service runs. It has a queue of
// microtasks of its own, too, which runs only when it is told to. So what a service does with a message is
// over, up to what it waits for from outside, before anything else happens: the same messages in the same
// order are the same run.
//
// It separates what services can name, not what they can use up: a loop or a leak is the core's.
import type * as nodeVm from "node:vm";
import type { Context, Script } from "node:vm";
import type { RealmFace, RealmHost } from "../../../service/index.ts";
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
  readonly #context: Context;
  readonly #mayWait: boolean;
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
      makeRealm: (host: RealmHost, seed: string) => RealmFace;
    };
    this.face = makeRealm(host, seed.join(" "));
    this.#forgetRejections = watchRejections(this.face.promisePrototype, onRejection);
    const fault = this.face.load(this.#load(service), grants.join("\n"));
    if (fault !== "") throw new ServiceLoadError(`${service.code.file}: ${fault}`);
    this.drain();
  }

  /** What the realm hands out, as bytes of this realm: a list of that one is none here. */
  handedOut(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    bytes.set(this.face.outbox().subarray(0, length));
    return bytes;
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
