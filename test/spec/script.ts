// A script of the specification's tests as data: modules, what they are called by, calls, and what each
// must come to. Both forms that the scripts come in are read into this, so that a script can be played
// any number of times, each time with its modules in another form.
import type { Expected, Value } from "./value.ts";

/** A module of a script: its number, by which commands name it. */
export interface ModuleSource {
  readonly number: number;
  /** Undefined when no assembler here understands its text, which `complaint` tells. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  readonly complaint: string | undefined;
}

/** Where imports come from: all registered modules, or one module under one name. */
export type ImportsFrom = "registry" | { readonly name: string; readonly module: number };

export interface Instantiation {
  readonly kind: "instantiate";
  readonly module: ModuleSource;
  readonly imports: ImportsFrom;
}

/** A module by its number, or by the name it was registered under. */
export type ModuleName = number | string;

export interface Invocation {
  readonly kind: "invoke";
  readonly module: ModuleName;
  readonly field: string;
  readonly args: readonly Value[];
}

/** Reads an exported global. */
export interface Reading {
  readonly kind: "get";
  readonly module: ModuleName;
  readonly field: string;
}

export interface Registration {
  readonly kind: "register";
  readonly module: ModuleName;
  readonly name: string;
}

export type Action = Instantiation | Invocation | Reading | Registration;

export type Outcome =
  | { readonly kind: "success" }
  | { readonly kind: "return"; readonly values: readonly Expected[] }
  | { readonly kind: "trap"; readonly message: string | undefined }
  | { readonly kind: "exhaustion" }
  | { readonly kind: "exception" }
  /** Instantiation does not come to its end: an import does not fit. */
  | { readonly kind: "unlinkable" }
  /** The module is malformed or not valid. */
  | { readonly kind: "refusal" };

export interface Command {
  readonly action: Action;
  readonly outcome: Outcome;
}

export interface Script {
  readonly name: string;
  readonly commands: readonly Command[];
}
