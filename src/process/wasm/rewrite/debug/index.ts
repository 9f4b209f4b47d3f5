// Debug information: moved with the code that it speaks of, and read where a program broke.
export { CodeMoves } from "./code-moves.ts";
export { type LineTable, readLineTable, type SourceLine } from "./line-table.ts";
export { hasLines, leftOutSection, relocateDebug } from "./relocate.ts";
