// Reads the older scripts, in which modules are binaries that the specification's interpreter wrote, and
// values are JavaScript's. What those cannot tell apart, the scripts test by modules of their own.
import { type Handle, nameOf, Pending, Recorder, runScript } from "./recorder.ts";
import type { Command, ImportsFrom, Outcome } from "./script.ts";
import type { Expected, Value } from "./value.ts";
import { hostThing } from "./value.ts";

type Thunk = () => unknown;

/** What `exports` gives to `instance`: one module under one name. */
class SingleImport {
  readonly from: ImportsFrom;
  constructor(from: ImportsFrom) {
    this.from = from;
  }
}

export function readBinaryScript(source: string): readonly Command[] {
  const recorder = new Recorder();
  const made = (text: string) => recorder.module(bytesOf(text));
  const actionOf = (asked: unknown, outcome: Outcome): void => {
    if (asked instanceof Pending) recorder.add(asked.action, outcome);
  };
  const asks = (outcome: Outcome) => (thunk: Thunk) => actionOf(thunk(), outcome);
  const fails = (outcome: Outcome) => (text: string) =>
    recorder.add({ kind: "instantiate", module: made(text), imports: "registry" }, outcome);
  runScript(source, {
    instance: (text: string, imports?: SingleImport) =>
      recorder.instantiate(made(text), imports?.from ?? "registry"),
    exports: (...given: [string, Handle] | [Handle]) => {
      const [name, module] = given.length === 2 ? given : (["module", given[0]] as const);
      return new SingleImport({ name, module: module.number });
    },
    register: (name: string, module: Handle) =>
      recorder.add({ kind: "register", module: module.number, name }, { kind: "success" }),
    call: (module: Handle, field: string, args: readonly unknown[]) =>
      new Pending({ kind: "invoke", module: nameOf(module), field, args: args.map(toValue) }),
    get: (module: Handle, field: string) =>
      new Pending({ kind: "get", module: nameOf(module), field }),
    externref: (number: number) => hostThing(number),
    run: asks({ kind: "success" }),
    assert_return: (thunk: Thunk, ...expected: readonly unknown[]) =>
      actionOf(thunk(), { kind: "return", values: expected.map(toExpected) }),
    assert_return_nan: asks({ kind: "return", values: [{ kind: "nan", isCanonical: false }] }),
    assert_trap: asks({ kind: "trap", message: undefined }),
    assert_exhaustion: asks({ kind: "exhaustion" }),
    assert_invalid: fails({ kind: "refusal" }),
    assert_malformed: fails({ kind: "refusal" }),
    assert_unlinkable: fails({ kind: "unlinkable" }),
    assert_uninstantiable: fails({ kind: "trap", message: undefined }),
  });
  return recorder.commands;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function toExpected(value: unknown): Expected {
  switch (value) {
    case "nan:canonical":
    case "nan:arithmetic":
      return { kind: "nan", isCanonical: false }; // JavaScript does not tell them apart
    case "ref.func":
      return { kind: "reference of", type: "funcref" };
    case "ref.any":
      return { kind: "reference of", type: "externref" };
    default:
      return toValue(value);
  }
}

function toValue(value: unknown): Value {
  if (typeof value === "number" || typeof value === "bigint")
    return { kind: "number", number: value };
  return { kind: "reference", value };
}
