// What a random module declares, drawn before any of its code: types, functions, globals, tables, tags.
// Code refers to all of it by index, as the binary format does.
import type { Random } from "../../../src/base/index.ts";
import { Value, type ValueCode } from "../../../src/process/wasm/rewrite/index.ts";
import type { Features } from "./features.ts";

export interface Signature {
  readonly parameters: readonly ValueCode[];
  readonly results: readonly ValueCode[];
}

/** How a module catches: an engine refuses one that mixes the two encodings. */
export type ExceptionStyle = "none" | "new" | "old";

export const numberTypes = [Value.i32, Value.i64, Value.f32, Value.f64, Value.v128] as const;
export const allTypes = [...numberTypes, Value.funcref, Value.externref] as const;

const { i32, i64, f64, funcref, externref } = Value;

/** Functions of the host, module "host". Each is a place at which the stack may be taken out. */
export const hostFunctions: readonly (Signature & { readonly name: string })[] = [
  { name: "point", parameters: [i32], results: [i32] },
  { name: "wide", parameters: [i64, f64], results: [i64] },
  { name: "refer", parameters: [externref, funcref, i32], results: [externref] },
  { name: "pair", parameters: [], results: [i32, f64] },
  { name: "note", parameters: [i32], results: [] },
];

/** Places in the table of functions: those that code writes to, behind those it only reads. */
export const tableSize = 24;
export const writableFrom = 16;
export const externTableSize = 6;
export const dataBytes = 48;

export interface ModulePlan {
  readonly random: Random;
  readonly features: Features;
  readonly style: ExceptionStyle;
  readonly types: Signature[];
  /** By function index: the host's, then the module's own; the entry comes first among these. */
  readonly functions: readonly Signature[];
  /** All can be changed. */
  readonly globals: readonly ValueCode[];
  readonly tags: readonly (readonly ValueCode[])[];
  /** Function at each of the first places of the table of functions. */
  readonly tableFunctions: readonly number[];
  /** Global that every turn of a loop and every entry of a function takes one from. */
  readonly fuelGlobal: number;
  readonly fuel: number;
}

export const entryFunction = hostFunctions.length;

export function planModule(random: Random, features: Features): ModulePlan {
  const own = random.between(2, 7);
  const functions: Signature[] = [
    ...hostFunctions,
    { parameters: [], results: drawTypes(random, entryTypes, 3) },
  ];
  for (let left = own; left > 0; left--) functions.push(drawSignature(random, functions));
  const style = random.pick(["none", "new", "new", "old"] as const);
  const globals = [...allTypes, ...drawTypes(random, allTypes, 3), i32];
  return {
    random,
    features,
    style,
    types: [],
    functions,
    globals,
    tags: style === "none" ? [] : drawTags(random),
    tableFunctions: Array.from({ length: writableFrom }, () => random.below(functions.length)),
    fuelGlobal: globals.length - 1,
    fuel: random.between(10, 120),
  };
}

/** What JavaScript can be given. */
const entryTypes = [i32, i64, Value.f32, f64, externref] as const;

function drawTypes(random: Random, from: readonly ValueCode[], most: number): ValueCode[] {
  return Array.from({ length: random.below(most + 1) }, () => random.pick(from));
}

// Some share a signature, so that calls through tables and tail calls find more than one.
function drawSignature(random: Random, before: readonly Signature[]): Signature {
  const own = before.slice(entryFunction);
  if (random.chance(1, 3)) return random.pick(own);
  return {
    parameters: drawTypes(random, allTypes, 4),
    results: drawTypes(random, allTypes, random.chance(1, 2) ? 1 : 3),
  };
}

function drawTags(random: Random): ValueCode[][] {
  return [[], ...Array.from({ length: 2 }, () => drawTypes(random, allTypes, 3))];
}

/** Index of the type, added if it is not there. */
export function typeIndex(
  { types }: ModulePlan,
  parameters: readonly ValueCode[],
  results: readonly ValueCode[],
): number {
  const found = types.findIndex(
    (type) => areSame(type.parameters, parameters) && areSame(type.results, results),
  );
  return found >= 0 ? found : types.push({ parameters, results }) - 1;
}

export function areSame(one: readonly ValueCode[], other: readonly ValueCode[]): boolean {
  return one.length === other.length && one.every((type, index) => type === other[index]);
}
