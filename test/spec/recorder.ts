// Collects the commands of a script while its JavaScript runs. The script's own functions are given to it
// as parameters; nothing of WebAssembly happens yet. What an action is for is known only when the
// assertion around it has called it, so an action is pending until then.
import { compileFunction } from "node:vm";
import { assembleText, assembleValidText } from "./assemble.ts";
import type { Action, Command, ImportsFrom, ModuleName, ModuleSource, Outcome } from "./script.ts";
import type { Value } from "./value.ts";

/** What a script holds of a module that it made. */
export class Handle {
  readonly number: number;
  constructor(number: number) {
    this.number = number;
  }
}

/** What a script holds of an action that it has asked for. */
export class Pending {
  readonly action: Action;
  constructor(action: Action) {
    this.action = action;
  }
}

export class Recorder {
  readonly commands: Command[] = [];
  #moduleCount = 0;

  module(bytes: Uint8Array<ArrayBuffer>): ModuleSource {
    return { number: this.#moduleCount++, bytes, complaint: undefined };
  }

  /** `isValid`: the script does not say that it is to be refused. */
  text(text: string, isValid: boolean): ModuleSource {
    const assembled = isValid ? assembleValidText(text) : assembleText(text);
    const number = this.#moduleCount++;
    if (typeof assembled === "string") return { number, bytes: undefined, complaint: assembled };
    return { number, bytes: assembled, complaint: undefined };
  }

  add(action: Action, outcome: Outcome): void {
    this.commands.push({ action, outcome });
  }

  instantiate(module: ModuleSource, imports: ImportsFrom = "registry"): Handle {
    this.add({ kind: "instantiate", module, imports }, { kind: "success" });
    return new Handle(module.number);
  }
}

export function nameOf(module: Handle | string): ModuleName {
  return typeof module === "string" ? module : module.number;
}

export function invocation(module: Handle | string, field: string, args: Value[]): Action {
  return { kind: "invoke", module: nameOf(module), field, args };
}

/** Runs the JavaScript of a script with these as its functions, beside the language's own globals. */
export function runScript(source: string, functions: Readonly<Record<string, unknown>>): void {
  const run = compileFunction(source, Object.keys(functions)) as (...given: unknown[]) => void;
  run(...Object.values(functions));
}
