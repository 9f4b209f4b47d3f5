// The face of userlib: what programs and servers written in TypeScript link against.
export { type Caller, LongCall, scratchBytes } from "./caller.ts";
export type { Answer, Later, Message, Service, ServiceHost } from "./service.ts";
export { Errno } from "./protocol/errno.ts";
export {
  Access,
  Ask,
  direntBytes,
  FdFlag,
  filestatBytes,
  FilestatOffset,
  Filetype,
  Interest,
  Lookup,
  nameBytesMax,
  OpenFlag,
  pathBytesMax,
  readyRecordBytes,
  TimeFlag,
} from "./protocol/stream.ts";
export { Clock, ClockAsk, EntropyAsk } from "./protocol/time.ts";
