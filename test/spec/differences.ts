// Commands of the scripts that do not come to what their scripts expect, with the reasons. `unexpected`:
// as they are, without any rewriting, since scripts grow old and assemblers know less than engines.
// `changed`: when rewritten; these are what the rewriter cannot do, and it says so by name.

export interface Difference {
  readonly script: string;
  readonly kind: "unexpected" | "changed";
  /** By number; commands that could not begin because of one of these are not named. */
  readonly commands: readonly number[];
  readonly why: string;
}

const earlierGlobals = "a global's initial value may read any global before it by now";
const nullTraps = "Binaryen writes what would always find null as unreachable";
const beyondAssemblers = "neither assembler takes the text";
const emptyBytes = "an index of a memory stands by now where a byte had to be zero";
const moreMemories = "there may be more than one memory by now";
const longOffsets = "an offset may have ten bytes by now, since addresses may have 64 bits";
const draft = "a draft's encoding of ref.null and ref.is_null, which came to be another";

const zeroBytes = [0, 1, 2, 3, 5, 6, 7, 8];

function unexpected(script: string, commands: readonly number[], why: string): Difference {
  return { script, kind: "unexpected", commands, why };
}

export const differences: readonly Difference[] = [
  unexpected("text/extended-const/global", [80, 81], earlierGlobals),
  unexpected("text/spec/global", [76, 77], earlierGlobals),
  unexpected("text/function-references/call_ref", [3], nullTraps),
  unexpected("text/function-references/return_call_ref", [13], nullTraps),
  unexpected("text/gc/array_copy", [5, 6], nullTraps),
  unexpected("text/gc/array_fill", [4], nullTraps),
  unexpected(
    "text/function-references/func",
    [117],
    "the assembler leaves out which type is meant",
  ),
  unexpected("text/function-references/ref", [12], "the assembler leaves out which type is meant"),
  unexpected("text/gc/struct", [1], "two fields of one name, which a binary does not have"),
  unexpected("text/function-references/return_call_ref", [33], beyondAssemblers),
  unexpected("text/gc/array", [0, 31], beyondAssemblers),
  unexpected("text/gc/type-subtyping", [0, 34, 64], beyondAssemblers),
  {
    script: "text/gc/type-subtyping",
    kind: "changed",
    commands: [17],
    why: "a cast to a type of the garbage-collected heap, in a function from which a call can be reached",
  },
  unexpected(
    "binary/bulk-memory-operations/binary",
    zeroBytes.map((at) => 65 + at),
    emptyBytes,
  ),
  unexpected(
    "binary/spec/binary",
    zeroBytes.map((at) => 38 + at),
    emptyBytes,
  ),
  unexpected(
    "binary/threads/binary",
    zeroBytes.map((at) => 38 + at),
    emptyBytes,
  ),
  unexpected(
    "binary/reference-types/binary",
    zeroBytes.map((at) => 93 + at),
    emptyBytes,
  ),
  unexpected("binary/reference-types/binary", [66, 69], longOffsets),
  unexpected("binary/spec/binary-leb128", [40, 43], longOffsets),
  unexpected("binary/spec/memory", [6, 7], moreMemories),
  unexpected("binary/threads/memory", [7, 8], moreMemories),
  unexpected(
    "binary/spec/unreached-invalid",
    [87],
    "targets of a br_table that is never reached may differ by now",
  ),
  unexpected("binary/reference-types/ref_func", [2], draft),
  unexpected("binary/reference-types/ref_is_null", [0], draft),
  unexpected("binary/reference-types/table_get", [0], draft),
  unexpected("binary/reference-types/table_grow", [39], draft),
  unexpected("binary/reference-types/table_set", [0], draft),
];

/** In ascending order. */
export function listedCommands(script: string, kind: Difference["kind"]): readonly number[] {
  const found = differences.filter((one) => one.script === script && one.kind === kind);
  return found.flatMap(({ commands }) => commands).toSorted((a, b) => a - b);
}
