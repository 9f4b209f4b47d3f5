// The face of userlib: what programs and servers written in TypeScript link against.
export { areaPages, type Caller, LongCall, scratchBytes } from "./caller.ts";
export type { Answer, Later, Message, Service, ServiceHost } from "./service.ts";
export {
  askAgain,
  ClientStateError,
  type ClientStates,
  letGoAsk,
  operatorBadge,
  type StateData,
} from "./client-states.ts";
export { notReady, readiness, ReadyList } from "./ready-list.ts";
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
  ReceiveFlag,
  TimeFlag,
} from "./protocol/stream.ts";
export {
  ProcessAsk,
  ProcessState,
  signalExitBase,
  StartRow,
  startRowWords,
} from "./protocol/process.ts";
export { Clock, ClockAsk, EntropyAsk } from "./protocol/time.ts";
