// When one value type may stand where another is asked for. Between two defined types the engine,
// which validates every module after us, has the last word: nothing here depends on that difference.
import { asNullable, definedTypeOf, isNonNull, isReference, Value } from "./value-code.ts";
import type { ValueCode } from "./value-code.ts";

const heap = { noexn: 0x74, nofunc: 0x73, noextern: 0x72, none: 0x71, array: 0x6a, any: 0x6e };

export function isSubtype(actual: ValueCode, expected: ValueCode): boolean {
  if (actual === expected || actual === Value.unknown || expected === Value.unknown) return true;
  if (!isReference(actual) || !isReference(expected)) return false;
  if (isNonNull(expected) && !isNonNull(actual)) return false;
  return isHeapSubtype(asNullable(actual), asNullable(expected));
}

function isHeapSubtype(actual: ValueCode, expected: ValueCode): boolean {
  if (actual === expected) return true;
  const isActualDefined = definedTypeOf(actual) !== undefined;
  if (definedTypeOf(expected) !== undefined) {
    return isActualDefined || actual === heap.nofunc || actual === heap.none;
  }
  if (expected === Value.funcref) return isActualDefined || actual === heap.nofunc;
  if (expected === Value.externref) return actual === heap.noextern;
  if (expected === Value.exnref) return actual === heap.noexn;
  const isAggregate = expected >= heap.array && expected <= heap.any;
  return isAggregate && (isActualDefined || (actual >= heap.array && actual <= heap.none));
}
