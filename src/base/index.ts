// The face of base: what every other folder stands on.
export { assert, AssertionFailure, unreachable } from "./assert.ts";
export { joinBytes } from "./bytes.ts";
export {
  allocateRow,
  createTable,
  forEachRow,
  generationWord,
  isLive,
  releaseRow,
  renewGeneration,
  type Table,
} from "./table.ts";
export { append, nextOf, prepend, prevOf, remove, rowsOf, type Links } from "./list.ts";
export { messageOf } from "./message-of.ts";
export { quietly } from "./quietly.ts";
export { Random } from "./random.ts";
