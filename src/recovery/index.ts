// The face of recovery: what a durable process heard is logged, and given to it again when it has to be
// made anew.
export { describeRecord } from "./describe.ts";
export { emptyDigest, mixBytes, mixWord } from "./digest.ts";
export { type DoorOptions, type Pause, RecordingDoor } from "./door.ts";
export type { Peer, Peers } from "./rejoin.ts";
export type { DoorState } from "./door-state.ts";
export type { Joined } from "./joined.ts";
export type { PipeEndState, PipeHandle } from "./pipe-flows.ts";
export { poisonLabel, requestServedAtEnd, servesPoison, setAsideInLog } from "./poison.ts";
export type { ProcessMemory } from "./process-memory.ts";
export { ReplayError } from "./replay-error.ts";
export { Sessions, type Standing, type StoredReply } from "./sessions.ts";
export {
  LogRefusedError,
  LogStatus,
  memoryLog,
  type MessageLog,
  openLog,
  openReadOnly,
  type ReadOnlyLog,
} from "./log/index.ts";
