// Values of the scripts: what calls are given, what they answered, and what was to be expected. Numbers
// are bits, so that every not-a-number and every vector is told from every other.

export type NumberType = "i32" | "i64" | "f32" | "f64" | "v128";

/** A value of a script. `number` is one whose type only the called function knows. */
export type Value =
  | { readonly kind: "bits"; readonly type: NumberType; readonly bits: bigint }
  | { readonly kind: "number"; readonly number: number | bigint }
  | { readonly kind: "reference"; readonly value: unknown };

export type Expected =
  | Value
  | { readonly kind: "nan"; readonly isCanonical: boolean }
  | { readonly kind: "lanes"; readonly type: "f32" | "f64"; readonly lanes: readonly Expected[] }
  | { readonly kind: "either"; readonly choices: readonly Expected[] }
  | { readonly kind: "reference of"; readonly type: string };

/** What a call answered: bits, or a reference as JavaScript sees it. */
export type Answer = Extract<Value, { readonly kind: "bits" | "reference" }>;

/** Values that the host gives to programs, told apart by identity. */
export class HostThing {
  readonly number: number;
  constructor(number: number) {
    this.number = number;
  }
}

const things = new Map<number, HostThing>();

/** The same for the same number, in whichever run. */
export function hostThing(number: number): HostThing {
  const thing = things.get(number) ?? new HostThing(number);
  things.set(number, thing);
  return thing;
}

const widths: Readonly<Record<NumberType, number>> = {
  i32: 32,
  i64: 64,
  f32: 32,
  f64: 64,
  v128: 128,
};
const scratch = new DataView(new ArrayBuffer(8));

export function bitsOf(type: NumberType, number: number | bigint): bigint {
  if (type === "f32") scratch.setFloat32(0, Number(number));
  else if (type === "f64") scratch.setFloat64(0, Number(number));
  else return BigInt.asUintN(widths[type], BigInt(number));
  return type === "f32" ? BigInt(scratch.getUint32(0)) : scratch.getBigUint64(0);
}

/** Little-endian bytes as one number. */
export function bitsFromBytes(bytes: Iterable<number>): bigint {
  let bits = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    bits |= BigInt(byte) << shift;
    shift += 8n;
  }
  return bits;
}

export function isNumberType(name: string): name is NumberType {
  return Object.hasOwn(widths, name);
}

/** The value as one of this type, where only the called function knows it. */
export function typed(value: Value, type: string): Answer {
  if (value.kind !== "number") return value;
  if (isNumberType(type)) return { kind: "bits", type, bits: bitsOf(type, value.number) };
  return { kind: "reference", value: value.number };
}

export function matches(answer: Answer, expected: Expected): boolean {
  switch (expected.kind) {
    case "bits":
      return answer.kind === "bits" && answer.bits === expected.bits;
    case "number":
      return answer.kind === "bits" && sameNumber(answer, expected.number);
    case "reference":
      return answer.kind === "reference" && Object.is(answer.value, expected.value);
    case "nan":
      return answer.kind === "bits" && isNan(answer.type, answer.bits, expected.isCanonical);
    case "lanes":
      return answer.kind === "bits" && lanesMatch(answer.bits, expected.type, expected.lanes);
    case "either":
      return expected.choices.some((choice) => matches(answer, choice));
    case "reference of":
      return answer.kind === "reference" && fits(answer.value, expected.type);
  }
}

// Scripts with plain numbers do not tell one not-a-number from another.
function sameNumber(
  { type, bits }: { type: NumberType; bits: bigint },
  number: number | bigint,
): boolean {
  if (Number.isNaN(number)) return isNan(type, bits, false);
  return bits === bitsOf(type, number);
}

function lanesMatch(bits: bigint, type: "f32" | "f64", lanes: readonly Expected[]): boolean {
  const width = widths[type];
  return lanes.every((lane, index) => {
    const laneBits = BigInt.asUintN(width, bits >> BigInt(index * width));
    return matches({ kind: "bits", type, bits: laneBits }, lane);
  });
}

/** An arithmetic one has the top bit of its fraction set; a canonical one no other. */
function isNan(type: NumberType, bits: bigint, isCanonical: boolean): boolean {
  if (type !== "f32" && type !== "f64") return false;
  const quiet = type === "f32" ? 0x7fc00000n : 0x7ff8000000000000n;
  const unsigned = BigInt.asUintN(widths[type] - 1, bits);
  return isCanonical ? unsigned === quiet : (unsigned & quiet) === quiet;
}

function fits(value: unknown, type: string): boolean {
  if (type === "externref") return value !== null;
  if (type === "funcref") return typeof value === "function";
  if (type === "i31ref") return typeof value === "number";
  return value !== null && typeof value !== "function";
}

/** One line for comparing runs and for reading. */
export function describeAnswer(answer: Answer): string {
  if (answer.kind === "bits") return `${answer.type} 0x${answer.bits.toString(16)}`;
  const { value } = answer;
  if (value instanceof HostThing) return `host ${value.number}`;
  if (value === null || typeof value === "number") return String(value);
  return typeof value;
}

export function describeExpected(expected: Expected): string {
  switch (expected.kind) {
    case "bits":
    case "reference":
      return describeAnswer(expected);
    case "number":
      return String(expected.number);
    case "nan":
      return expected.isCanonical ? "a canonical nan" : "an arithmetic nan";
    case "lanes":
      return `(${expected.lanes.map(describeExpected).join(", ")})`;
    case "either":
      return expected.choices.map(describeExpected).join(" or ");
    case "reference of":
      return `a reference, ${expected.type}`;
  }
}
