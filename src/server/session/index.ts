// The face of sessions: gateways, connections, and where they find each other.
export { ClientSession, type Outcome } from "./client-session.ts";
export { ConnectService, type ConnectOptions, type KeepOptions } from "./connect-service.ts";
export { type Dialer } from "./dial.ts";
export { Gateway } from "./gateway.ts";
export { keyFile, KeyFileError } from "./key-file.ts";
export { forgetKeptSessions, keptSessionFile, type KeptSessionStore } from "./kept-session.ts";
export { dataDirectoryOf, makePrivate, type NamePlace, PlaceError, placeOf } from "./name-place.ts";
export {
  OwnedError,
  ownerOf,
  type OwnerLock,
  processStartOf,
  readOwner,
  takeOwnership,
} from "./owner-lock.ts";
export { peerOf } from "./peer.ts";
export type { ClientCall, ServerAnswer, ServerCalls } from "./server-calls.ts";
export type { PastReply, SessionHistory } from "./session-history.ts";
export { SessionKeys } from "./session-keys.ts";
export { dialUnix } from "./unix-dialer.ts";
export { UnixListener } from "./unix-listener.ts";
export { readWhole, readWholeBytes, removeWhole, writeWhole } from "./whole-file.ts";
