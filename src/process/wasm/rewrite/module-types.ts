// What typing a body needs to know of its module, with every value type as a number: signatures by
// type index and by function, the types of globals and tables, the address types of memories.
import { ByteReader } from "../binary/index.ts";
import type { Declarations, FunctionType, ValueType } from "../binary/index.ts";
import { readValueCode, Value, type ValueCode } from "./value-code.ts";

export interface Signature {
  readonly parameters: readonly ValueCode[];
  readonly results: readonly ValueCode[];
}

export interface ModuleTypes {
  /** By type index; undefined for structures and arrays. */
  readonly types: readonly (Signature | undefined)[];
  /** Type index of every function. */
  readonly functions: readonly number[];
  readonly importedFunctionCount: number;
  readonly globals: readonly GlobalType[];
  readonly tables: readonly TableType[];
  /** Address type of every memory. */
  readonly memories: readonly ValueCode[];
  /** Type index of every tag. */
  readonly tags: readonly number[];
}

export interface GlobalType {
  readonly value: ValueCode;
  readonly isMutable: boolean;
}

export interface TableType {
  readonly element: ValueCode;
  readonly index: ValueCode;
}

export function moduleTypes(declarations: Declarations): ModuleTypes {
  return {
    types: declarations.types.map((type) => type && signatureOf(type)),
    functions: declarations.functions,
    importedFunctionCount: declarations.importedCounts.function,
    globals: declarations.globals.map(({ type, isMutable }) => ({
      value: codeOf(type),
      isMutable,
    })),
    tables: declarations.tables.map(({ element, limits }) => ({
      element: codeOf(element),
      index: limits.is64 ? Value.i64 : Value.i32,
    })),
    memories: declarations.memories.map(({ is64 }) => (is64 ? Value.i64 : Value.i32)),
    tags: declarations.tags,
  };
}

export function codeOf(type: ValueType): ValueCode {
  return readValueCode(new ByteReader(type.encoded));
}

function signatureOf({ parameters, results }: FunctionType): Signature {
  return { parameters: parameters.map(codeOf), results: results.map(codeOf) };
}
