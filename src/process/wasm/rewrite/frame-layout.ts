// How a frame lies in memory: which locals are saved, and in which order. The landing pad that saves,
// the continuation that puts back, and whoever reads an image follow this one order.
import {
  isFunctionReference,
  isReference,
  nameOfValue,
  asNullable,
  Value,
  type ValueCode,
} from "./value-code.ts";

/** What one value is saved as; the number is its place in the table of saving functions. */
export const SaveKind = {
  frame: 0,
  i32: 1,
  fourI32: 2,
  i64: 3,
  f32: 4,
  f64: 5,
  v128: 6,
  function: 7,
  external: 8,
  exception: 9,
} as const;

export type SaveKindCode = (typeof SaveKind)[keyof typeof SaveKind];

/** Bytes of a saved value; an exception is followed by its payload. */
export const savedBytes: Readonly<Record<number, number>> = {
  [SaveKind.i32]: 4,
  [SaveKind.i64]: 8,
  [SaveKind.f32]: 4,
  [SaveKind.f64]: 8,
  [SaveKind.v128]: 16,
  [SaveKind.function]: 4,
  [SaveKind.external]: 4,
  [SaveKind.exception]: 4,
};

const numberKinds: Readonly<Record<number, SaveKindCode>> = {
  [Value.i32]: SaveKind.i32,
  [Value.i64]: SaveKind.i64,
  [Value.f32]: SaveKind.f32,
  [Value.f64]: SaveKind.f64,
  [Value.v128]: SaveKind.v128,
};

/** Undefined for references into the engine's garbage-collected heap, which cannot be saved. */
export function saveKindOf(code: ValueCode): SaveKindCode | undefined {
  if (!isReference(code)) return numberKinds[code];
  if (isFunctionReference(code)) return SaveKind.function;
  const heap = asNullable(code);
  if (heap === Value.externref || heap === 0x72) return SaveKind.external;
  if (heap === Value.exnref || heap === 0x74) return SaveKind.exception;
  return undefined;
}

export interface SavedLocal {
  readonly local: number;
  readonly type: ValueCode;
  readonly kind: SaveKindCode;
}

export class UnsavableTypeError extends Error {
  constructor(code: ValueCode) {
    super(`a local of type ${nameOfValue(code)} cannot be saved`);
  }
}

/** What decides which locals of a function are saved. */
export interface FrameLocals {
  /** Types of all locals: parameters, declared, the call number, kept operands. */
  readonly locals: readonly ValueCode[];
  readonly callLocal: number;
  /** Parameters and declared locals that live across some call, ascending. */
  readonly liveLocals: readonly number[];
}

/** The saved locals of a function in the order in which they are saved: by kind, then by index. */
export function savedLocals({ locals, callLocal, liveLocals }: FrameLocals): SavedLocal[] {
  const operands = locals.keys().drop(callLocal + 1);
  const saved = [...liveLocals, ...operands].map((local): SavedLocal => {
    const type = locals[local];
    const kind = saveKindOf(type);
    if (kind === undefined) throw new UnsavableTypeError(type);
    return { local, type, kind };
  });
  return saved.sort((one, other) => one.kind - other.kind || one.local - other.local);
}
