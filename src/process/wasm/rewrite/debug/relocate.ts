// The debug sections of a module whose code is written anew, so that a trap in it still has a line, and a
// debugger its variables. DWARF of versions 4 and 5, as compilers make it for WebAssembly. What cannot be
// kept right is left out, and a section of our own says what and why: wrong places are worse than none.
import { InvalidModuleError, speaksOfOffsets } from "../../binary/index.ts";
import type { WasmBinary } from "../../binary/index.ts";
import type { CodeMoves } from "./code-moves.ts";
import { relocateInfo } from "./info-relocation.ts";
import { relocateLines } from "./line-relocation.ts";

/** Custom section with a line for each thing that was left out: its name, and why. */
export const leftOutSection = "shoal.left-out";

const lineSection = ".debug_line";

/** Sections that say nothing of where code is. */
const unmoved: ReadonlySet<string> = new Set([
  ".debug_abbrev",
  ".debug_str",
  ".debug_str_offsets",
  ".debug_line_str",
  ".debug_macinfo",
  ".debug_names",
  ".debug_pubnames",
  ".debug_pubtypes",
  ".debug_gnu_pubnames",
  ".debug_gnu_pubtypes",
]);

/** Those that only make sense together, beside the line table. */
const moved: ReadonlySet<string> = new Set([
  ".debug_info",
  ".debug_types",
  ".debug_addr",
  ".debug_aranges",
  ".debug_ranges",
  ".debug_rnglists",
  ".debug_loc",
  ".debug_loclists",
]);

/** What becomes of the custom sections of a module; null for those left out. */
export type CustomEdits = Map<string, Uint8Array | null>;

/** Whether a module has a line table, for which a map of its code is needed. */
export function hasLines({ sections }: WasmBinary): boolean {
  return sections.some(({ customName }) => customName === lineSection);
}

/**
 * The custom sections that speak of places in the code, after it moved. `movesOf` is only asked when there
 * are debug sections.
 */
export function relocateDebug(binary: WasmBinary, movesOf: () => CodeMoves): CustomEdits {
  const edits: CustomEdits = new Map();
  const sections = new Map<string, Uint8Array>();
  const repeated: string[] = [];
  for (const { customName, bodyStart, end } of binary.sections) {
    if (!speaksOfOffsets(customName)) continue;
    if (edits.has(customName)) repeated.push(`${customName}: there are several`);
    edits.set(customName, null);
    sections.set(customName, binary.bytes.subarray(bodyStart, end));
  }
  if (!sections.has(lineSection)) return edits;
  const leftOut = repeated.length > 0 ? repeated : keep(edits, sections, movesOf());
  if (leftOut.length > 0) edits.set(leftOutSection, new TextEncoder().encode(leftOut.join("\n")));
  return edits;
}

/** Sets what is kept; answers what is not, and why. */
function keep(edits: CustomEdits, sections: Map<string, Uint8Array>, moves: CodeMoves): string[] {
  const leftOut: string[] = [];
  const lines = attempt(lineSection, leftOut, () =>
    relocateLines(sections.get(lineSection) ?? new Uint8Array(), moves),
  );
  if (lines === undefined) return leftOut;
  edits.set(lineSection, lines.bytes);
  keepAs(edits, sections, (name) => name === ".debug_line_str" || name === ".debug_str");
  const info = attempt(".debug_info", leftOut, () => relocateInfo(sections, moves, lines.units));
  if (info === undefined) return leftOut;
  for (const [name, bytes] of info) edits.set(name, bytes);
  keepAs(edits, sections, (name) => unmoved.has(name));
  for (const name of sections.keys()) {
    const isKnown = name === lineSection || unmoved.has(name) || moved.has(name);
    if (!isKnown && name.startsWith(".debug_")) leftOut.push(`${name}: not understood`);
  }
  return leftOut;
}

function keepAs(
  edits: CustomEdits,
  sections: ReadonlyMap<string, Uint8Array>,
  isKept: (name: string) => boolean,
): void {
  for (const [name, bytes] of sections) if (isKept(name)) edits.set(name, bytes);
}

function attempt<Result>(name: string, leftOut: string[], work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InvalidModuleError)) throw error;
    leftOut.push(`${name}: ${error.reason} at ${error.offset}`);
    return undefined;
  }
}
