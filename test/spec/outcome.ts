// What a command came to, in words, and whether it is what the script expects. The specification names
// traps in its words and the engine in its own; which belong together is a table.
import { InvalidModuleError } from "../../src/process/wasm/binary/index.ts";
import type { Outcome } from "./script.ts";
import { type Answer, describeAnswer, matches } from "./value.ts";

/** The specification's words for a trap, at their beginning, and the engine's. */
const traps: readonly (readonly [RegExp, RegExp])[] = [
  [/^unreachable/, /^unreachable/],
  [/^integer divide by zero/, /^(divide|remainder) by zero/],
  [/^integer overflow/, /^(divide result unrepresentable|float unrepresentable in integer range)/],
  [/^invalid conversion to integer/, /^float unrepresentable in integer range/],
  [
    /^out of bounds memory access/,
    /^memory access out of bounds|^data segment \d+ is out of bounds/,
  ],
  [
    /^out of bounds table access/,
    /^table index is out of bounds|^table (access|element)|^element segment/,
  ],
  [
    /^out of bounds array access/,
    /^array element access out of bounds|^(data|element) segment out of bounds/,
  ],
  [/^undefined element/, /^table index is out of bounds/],
  [
    /^uninitialized element/,
    /^(null function or )?function signature mismatch|^dereferencing a null/,
  ],
  [/^indirect call( type mismatch)?/, /^(null function or )?function signature mismatch/],
  [
    /^null (function|reference|(i31|array|structure) reference)/,
    /^dereferencing a null|^illegal cast/,
  ],
  [/^cast/, /^illegal cast/],
];

export interface Judgement {
  readonly came: string;
  readonly isExpected: boolean;
  /** A module was refused: by the text's assembler, by us, or by the engine. */
  readonly isRefused: boolean;
  /** It could not even begin, for what an earlier command had come to. */
  readonly isConsequence: boolean;
}

/** A command speaks of a module that an earlier one failed to make. */
export class MissingModuleError extends Error {
  override readonly name = "MissingModuleError";
}

/** No assembler here understands the text of a module. */
export class NotAssembledError extends Error {
  override readonly name = "NotAssembledError";
}

export function judgeOutcome(
  expected: Outcome,
  answers: readonly Answer[] | undefined,
  thrown: unknown,
): Judgement {
  if (answers !== undefined) {
    const came = `[${answers.map(describeAnswer).join(", ")}]`;
    return { came, isExpected: fits(expected, answers), isRefused: false, isConsequence: false };
  }
  const [kind, words] = nameThrown(thrown);
  const isConsequence = thrown instanceof MissingModuleError;
  const isExpected = isThrownExpected(expected, kind, words);
  return { came: `${kind}: ${words}`, isExpected, isRefused: kind === "refusal", isConsequence };
}

function fits(expected: Outcome, answers: readonly Answer[]): boolean {
  if (expected.kind === "success") return true;
  if (expected.kind !== "return" || expected.values.length !== answers.length) return false;
  return answers.every((answer, index) => matches(answer, expected.values[index]));
}

type Thrown = "trap" | "exhaustion" | "exception" | "unlinkable" | "refusal" | "other";

function nameThrown(thrown: unknown): readonly [Thrown, string] {
  if (thrown instanceof WebAssembly.Exception) return ["exception", ""];
  if (!(thrown instanceof Error)) return ["other", String(thrown)];
  const { message } = thrown;
  if (thrown instanceof WebAssembly.RuntimeError) return ["trap", withoutPlace(message)];
  if (thrown instanceof WebAssembly.LinkError) return ["unlinkable", message];
  if (thrown instanceof WebAssembly.CompileError) return ["refusal", message];
  if (thrown instanceof InvalidModuleError) return ["refusal", message];
  if (thrown instanceof NotAssembledError) return ["refusal", "of the text"];
  if (thrown instanceof RangeError && /call stack/.test(message)) return ["exhaustion", message];
  // What the engine says of an import that is missing altogether.
  if (thrown instanceof TypeError && /Import #/.test(message)) return ["unlinkable", message];
  return ["other", `${thrown.name}: ${message}`];
}

// Where in which module it happened is not the same in two forms of a module.
function withoutPlace(message: string): string {
  return message.replace(/^WebAssembly\.Instance\(\): /, "").replace(/ \(at offset \d+\)$/, "");
}

function isThrownExpected(expected: Outcome, kind: Thrown, words: string): boolean {
  if (expected.kind !== kind) return false;
  if (expected.kind !== "trap" || expected.message === undefined) return true;
  const { message } = expected;
  return traps.some(([specified, ours]) => specified.test(message) && ours.test(words));
}
