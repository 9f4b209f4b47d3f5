// The host module that the specification's tests import from: values, a memory, a table, and functions
// that print. What they would print is part of what a run came to.
import { HostThing, hostThing } from "./value.ts";

export function spectest(calls: string[]): WebAssembly.ModuleImports {
  const print = (name: string) => {
    return (...values: unknown[]): void =>
      void calls.push(`${name}(${values.map(String).join(", ")})`);
  };
  const names = ["", "_i32", "_i64", "_f32", "_f64", "_i32_f32", "_f64_f64"];
  return {
    ...Object.fromEntries(names.map((name) => [`print${name}`, print(`print${name}`)])),
    global_i32: 666,
    global_i64: 666n,
    global_f32: 666.6,
    global_f64: 666.6,
    table: new WebAssembly.Table({ initial: 10, maximum: 20, element: "anyfunc" }),
    memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
    // For tests that must ask JavaScript about references.
    externref: (number: number) => hostThing(number),
    is_externref: (value: unknown) => (value instanceof HostThing ? 1 : 0),
    is_funcref: (value: unknown) => (typeof value === "function" ? 1 : 0),
    eq_externref: (left: unknown, right: unknown) => (left === right ? 1 : 0),
    eq_funcref: (left: unknown, right: unknown) => (left === right ? 1 : 0),
  };
}
