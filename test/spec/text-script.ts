// Reads the newer scripts, which have modules as text and values with their types.
import { type Handle, nameOf, Pending, Recorder, runScript } from "./recorder.ts";
import type { Command, Outcome } from "./script.ts";
import {
  bitsFromBytes,
  bitsOf,
  type Expected,
  hostThing,
  type NumberType,
  type Value,
} from "./value.ts";

type Thunk = () => unknown;

export function readTextScript(source: string): readonly Command[] {
  const recorder = new Recorder();
  let pendingOutcome: Outcome | undefined;
  const attempt = (thunk: Thunk, outcome: Outcome): void => {
    pendingOutcome = outcome;
    try {
      const asked = thunk();
      if (asked instanceof Pending) recorder.add(asked.action, outcome);
    } finally {
      pendingOutcome = undefined;
    }
  };
  const instantiate = (text: string): unknown => {
    const module = recorder.text(text, pendingOutcome?.kind !== "refusal");
    if (pendingOutcome === undefined) return recorder.instantiate(module);
    return new Pending({ kind: "instantiate", module, imports: "registry" });
  };
  const invoke = (module: Handle | string, field: string, args: readonly unknown[]): unknown => {
    const action = {
      kind: "invoke",
      module: nameOf(module),
      field,
      args: args.map(toValue),
    } as const;
    if (pendingOutcome !== undefined) return new Pending(action);
    recorder.add(action, { kind: "success" });
    return undefined;
  };
  const asks = (outcome: Outcome) => (thunk: Thunk) => attempt(thunk, outcome);
  runScript(source, {
    ...constructors,
    // What the older engine could not do, or did on some processors only.
    wasmMultiMemoryEnabled: () => true,
    partialOobWriteMayWritePartialData: () => false,
    instantiate,
    invoke,
    get: (module: Handle | string, field: string) =>
      new Pending({ kind: "get", module: nameOf(module), field }),
    register: (module: Handle | string, name: string) =>
      recorder.add({ kind: "register", module: nameOf(module), name }, { kind: "success" }),
    assert_return: (thunk: Thunk, expected: unknown = []) => {
      const values = (Array.isArray(expected) ? expected : [expected]).map(toExpected);
      attempt(thunk, { kind: "return", values });
    },
    assert_trap: (thunk: Thunk, message: string) => attempt(thunk, { kind: "trap", message }),
    assert_exception: asks({ kind: "exception" }),
    assert_exhaustion: asks({ kind: "exhaustion" }),
    assert_unlinkable: asks({ kind: "unlinkable" }),
    assert_invalid: asks({ kind: "refusal" }),
    assert_malformed: asks({ kind: "refusal" }),
  });
  return recorder.commands;
}

const vector = (bytes: ArrayBufferView): Expected => ({
  kind: "bits",
  type: "v128",
  bits: bitsFromBytes(new Uint8Array(bytes.buffer)),
});

function lanes(type: "f32" | "f64", values: readonly unknown[]): Expected {
  return { kind: "lanes", type, lanes: values.map(toExpected) };
}

function pattern(type: "f32" | "f64") {
  return function (...values: unknown[]): Expected {
    return lanes(type, values);
  };
}

/** Names as the scripts call them; those written with `new` are functions all the same. */
const constructors = {
  value: (type: string, number: unknown): Expected => {
    if (number === null) return { kind: "reference", value: null };
    const bits = bitsOf(type as NumberType, number as number | bigint); // the scripts' own types
    return { kind: "bits", type: type as NumberType, bits };
  },
  bytes: (type: string, bytes: number[]): Expected => {
    return { kind: "bits", type: type as NumberType, bits: bitsFromBytes(bytes) };
  },
  i8x16: (values: number[]) => vector(Uint8Array.from(values)),
  i16x8: (values: number[]) => vector(Uint16Array.from(values)),
  i32x4: (values: number[]) => vector(Uint32Array.from(values)),
  i64x2: (values: bigint[]) => vector(BigUint64Array.from(values)),
  f32x4: (values: number[]) => vector(Float32Array.from(values)),
  f64x2: (values: number[]) => vector(Float64Array.from(values)),
  F32x4Pattern: pattern("f32"),
  F64x2Pattern: pattern("f64"),
  either: (...choices: unknown[]): Expected => {
    return { kind: "either", choices: choices.map(toExpected) };
  },
  externref: (number: number) => hostThing(number),
  hostref: (number: number) => hostThing(number),
  RefWithType: function (type: string): Expected {
    return { kind: "reference of", type };
  },
  ExternRefResult: function (number: number): Expected {
    return { kind: "reference", value: hostThing(number) };
  },
  HostRefResult: function (number: number): Expected {
    return { kind: "reference", value: hostThing(number) };
  },
};

function toExpected(value: unknown): Expected {
  if (value === "canonical_nan") return { kind: "nan", isCanonical: true };
  if (value === "arithmetic_nan") return { kind: "nan", isCanonical: false };
  return isExpected(value) ? value : toValue(value);
}

function isExpected(value: unknown): value is Expected {
  return typeof value === "object" && value !== null && "kind" in value;
}

function toValue(value: unknown): Value {
  if (isExpected(value)) return value as Value; // arguments are never patterns
  if (typeof value === "number" || typeof value === "bigint")
    return { kind: "number", number: value };
  return { kind: "reference", value };
}
