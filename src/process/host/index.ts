// The face of host commands: the session of a native process, as a state machine.
export { applyRecord } from "./apply-record.ts";
export { ByteSession } from "./byte-session.ts";
export { HostSession } from "./host-session.ts";
export type { HostSink, SessionMachine } from "./session-machine.ts";
export {
  type HostRecord,
  newState,
  type SessionState,
  type StateOptions,
} from "./session-state.ts";
