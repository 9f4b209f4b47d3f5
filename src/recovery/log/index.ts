// The face of the message log.
export { LogRefusedError, type LogRefusal } from "./log-refused.ts";
export { memoryLog } from "./memory-log.ts";
export { imageNameLengthMax, LogStatus, type MessageLog, recordWordsMax } from "./message-log.ts";
export { type LogOptions, openLog } from "./open-log.ts";
export { openReadOnly, type ReadOnlyLog } from "./read-only-log.ts";
