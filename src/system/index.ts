// The face of the background system: its process, and what asks it.
export { askSystem, SystemDownError } from "./control-client.ts";
export { OutputFollower, readOutput } from "./output-reader.ts";
export { lastLines, type OutputRecord } from "./output-record.ts";
export {
  EntryError,
  type GroupMode,
  groupModes,
  type ProgramEntry,
  readEntry,
  toJson,
} from "./program-entry.ts";
export { PlaceError } from "../server/session/index.ts";
export { type Ready, sayReady } from "./ready.ts";
export { ensureSystem, type StartedSystem } from "./start-system.ts";
export { programDirectoryOf, type SystemPlace, systemPlaceOf } from "./system-place.ts";
export { runSystem, SystemOwnedError } from "./system-process.ts";
export {
  type Chosen,
  type ProgramState,
  type ProgramStatus,
  type SystemAnswers,
  SystemError,
  type SystemRequest,
  type SystemStatus,
} from "./system-request.ts";
