// Plays a script: carries out its commands one after the other with its modules in one form, and says what
// each came to, in words that two forms can be compared by, and whether it is what the script expects.
import {
  readBinary,
  readDeclarations,
  reservedModule,
} from "../../src/process/wasm/binary/index.ts";
import { answersOf, exactCall, needsMemory } from "./exact-call.ts";
import { type Form, FormedModule, refuel, startOf } from "./form.ts";
import { exportedFunction, exportedGlobal, isLinkedWithCode, sharesState } from "./member.ts";
import type { Made, Member } from "./member.ts";
import { type Judgement, judgeOutcome, MissingModuleError, NotAssembledError } from "./outcome.ts";
import { Places } from "./places.ts";
import type { Command, Instantiation, Invocation, ModuleName, Script } from "./script.ts";
import { callToItsEnd } from "./stopped-call.ts";
import { spectest } from "./spectest.ts";
import type { Answer } from "./value.ts";

export interface Playing {
  /** In the order of the commands. */
  readonly played: readonly Judgement[];
  /** Places at which stacks were, or could have been, taken out. */
  readonly places: number;
}

export function play({ commands }: Script, form: Form): Playing {
  const player = new Player(form);
  const played = commands.map((command) => player.carryOut(command));
  return { played, places: player.places.count };
}

class Player {
  readonly places = new Places();
  readonly #form: Form;
  readonly #members = new Map<ModuleName, Member>();
  readonly #registry: Record<string, WebAssembly.ModuleImports> = {};
  readonly #hostCalls: string[] = [];
  readonly #host = spectest(this.#hostCalls);

  constructor(form: Form) {
    this.#form = form;
  }

  /** What the command came to, the calls of the host made meanwhile in front. */
  carryOut(command: Command): Judgement {
    this.#hostCalls.length = 0;
    let answers: Answer[] | undefined;
    let thrown: unknown;
    try {
      answers = this.#act(command);
    } catch (error) {
      thrown = error;
    }
    const judgement = judgeOutcome(command.outcome, answers, thrown);
    return { ...judgement, came: [...this.#hostCalls, judgement.came].join("; ") };
  }

  #act({ action, outcome }: Command): Answer[] {
    switch (action.kind) {
      case "instantiate":
        this.#instantiate(action);
        return [];
      case "register":
        this.#register(action.name, action.module);
        return [];
      case "get":
        return [exportedGlobal(this.#member(action.module), action.field)];
      case "invoke":
        return this.#invoke(action, outcome.kind !== "exhaustion");
    }
  }

  #instantiate({ module: { number, bytes, complaint }, imports }: Instantiation): void {
    if (bytes === undefined) throw new NotAssembledError(complaint);
    const formed = new FormedModule(bytes, this.#form);
    const declarations = readDeclarations(readBinary(bytes));
    // Unknown while instantiation itself runs code.
    const own = (): Member | undefined => this.#members.get(number);
    const given = {
      ...this.#importsFrom(imports),
      spectest: this.#hostAsPlaces(own),
      [reservedModule]: this.#fuel(own),
    };
    const make = (): Made => {
      const instance = new WebAssembly.Instance(formed.module, given);
      refuel(instance, false);
      return { instance, stack: formed.stackOf(instance) };
    };
    const isEntangled = isLinkedWithCode(declarations);
    if (isEntangled) for (const { module } of declarations.imports) this.#entangle(module);
    const isHeld = sharesState(declarations);
    const member: Member = { ...make(), make, declarations, isEntangled, isHeld };
    if (this.#form.level !== undefined) startOf(member.instance)?.();
    this.#members.set(number, member);
  }

  #importsFrom(imports: Instantiation["imports"]): WebAssembly.Imports {
    if (imports === "registry") return this.#registry;
    const member = this.#member(imports.module);
    member.isHeld = true;
    this.#members.set(imports.name, member);
    return { [imports.name]: member.instance.exports };
  }

  #entangle(name: ModuleName): void {
    const other = this.#members.get(name);
    if (other !== undefined) other.isEntangled = true;
  }

  #hostAsPlaces(own: () => Member | undefined): WebAssembly.ModuleImports {
    const entries = Object.entries(this.#host).map(([name, thing]): [string, unknown] => {
      if (typeof thing !== "function") return [name, thing];
      const carryOut = (...args: unknown[]): unknown => {
        this.places.at(own());
        return (thing as (...given: unknown[]) => unknown)(...args);
      };
      return [name, carryOut];
    });
    return Object.fromEntries(entries);
  }

  #fuel(own: () => Member | undefined): WebAssembly.ModuleImports {
    const preempt = (): void => {
      this.places.at(own());
      this.places.refuel(own());
    };
    return { preempt };
  }

  #register(name: string, module: ModuleName): void {
    const member = this.#member(module);
    member.isHeld = true;
    this.#members.set(name, member);
    this.#registry[name] = member.instance.exports;
  }

  #member(name: ModuleName): Member {
    const member = this.#members.get(name);
    if (member === undefined)
      throw new MissingModuleError(`There is no instance of module ${name}.`);
    return member;
  }

  #invoke({ module, field, args }: Invocation, mayStop: boolean): Answer[] {
    const member = this.#member(module);
    const { called, signature } = exportedFunction(member, field);
    const first = () => exactCall(called, signature, args);
    // A call that was taken out answers through JavaScript, which does not keep all that these have.
    if (!mayStop || needsMemory({ ...signature, parameters: [] })) return first();
    this.places.begin(member, this.#form.isStopped);
    try {
      return member.stack === undefined
        ? first()
        : callToItsEnd(member, first, (returned) => answersOf(signature, returned));
    } finally {
      this.places.end();
    }
  }
}
