// The face of services: how they are written, called and spoken to.
export { AbortError, CallSignal } from "./call-signal.ts";
export { writeQuestion } from "./call-question.ts";
export {
  type CallOptions,
  clientOf,
  type ClientOptions,
  DeadlineError,
  NotImmediateError,
  syncOf,
  withOptions,
} from "./client.ts";
export { CodecReader, type ReadOptions } from "./codec-reader.ts";
export { FormatError } from "./format-error.ts";
export { CodecWriter, ValueError } from "./codec-writer.ts";
export {
  type Client,
  type Context,
  type Methods,
  type RawMessage,
  type RawServer,
  service,
  type ServiceDefinition,
  type ServiceModule,
  type Stream,
  type SyncClient,
} from "./definition.ts";
export { Dispatcher, type DispatcherOptions, MethodError, type Request } from "./dispatcher.ts";
export { errorTelling, type Telling } from "./telling.ts";
export type { ErrorClass } from "./error-form.ts";
export { type Link, type Question, type Reply, ServiceGoneError } from "./link.ts";
export { Ask, Tell } from "./wire.ts";
export {
  type MakeRealm,
  moduleName,
  type RealmFace,
  type RealmHost,
  realmName,
} from "./realm/realm-face.ts";
