// The face of boot, and of the package: what an embedder may use.
export { CoreLoop, type CoreEvents, type CoreOptions } from "./core.ts";
export {
  defaultFuelSlice,
  type SpawnedProgram,
  type SpawnOptions,
  type StartedService,
  System,
  type SystemOptions,
} from "./system.ts";
export type { ConsoleDevice } from "../server/console/index.ts";
export type { Grant } from "./grants.ts";
export {
  type CaptureOptions,
  runPipeline,
  type RunPipelineOptions,
  runProgram,
  type RunProgramOptions,
} from "./run-program.ts";
export { type ProgramEnd, type ProgramSpec, Session, type SessionOptions } from "./session.ts";
export {
  type FaultFrame,
  type FaultStack,
  InvalidModuleError,
  LinkError,
  type PreparedModule,
  prepareModule,
  type PrepareOptions,
  readFaultStack,
} from "../process/index.ts";
export { startWatchdog, type Watchdog, type WatchdogOptions } from "./watchdog.ts";
export {
  type ConnectionOptions,
  connectionsMax,
  connectTo,
  firstConnectedSlot,
} from "./session/connect.ts";
export {
  type DurableLevel,
  forgetImages,
  openDurableServer,
  readServerImages,
  readServerLog,
} from "./durable/durable-server.ts";
export { beginAnew } from "./durable/begin-anew.ts";
export {
  differenceOf,
  keepConnections,
  keepProgram,
  planNext,
  type ProgramManner,
  type ProgramRecord,
  ProgramRecordError,
  readProgram,
  replaceProgram,
} from "./durable/program-record.ts";
export { copyServer, NoSuchRecordError, type ServerCopy } from "./durable/server-copy.ts";
export { checkDurable } from "./durable/check-durable.ts";
export { type DurableOptions } from "./durable/durable.ts";
export { LostImageError } from "./durable/durable-images.ts";
export {
  rehearse,
  type Rehearsal,
  type RehearsalOptions,
  type RehearsedProgram,
} from "./durable/rehearsal.ts";
export {
  describeServiceRecord,
  isServiceRecord,
} from "./service/durable/describe-service-record.ts";
export {
  describeRecord,
  LogRefusedError,
  type ReadOnlyLog,
  ReplayError,
} from "../recovery/index.ts";
export { type RunningGateway, type ServedName, startGateway } from "./session/gateway.ts";
export { ConsolePort } from "./worker/console-port.ts";
export { CoreKeeper, type CoreKeeperOptions, type CoreLoss } from "./worker/core-keeper.ts";
export { coreSeat, type CoreSeat, type CoreTurn, isCoreThread } from "./worker/core-seat.ts";
export { warmUp, type WarmUpOptions } from "./worker/warm-up.ts";
export type { CoreEnd, CoreThread } from "./worker/core-thread.ts";
export {
  dataDirectoryOf,
  keyFile,
  KeyFileError,
  makePrivate,
  type NamePlace,
  OwnedError,
  ownerOf,
  type OwnerLock,
  peerOf,
  PlaceError,
  placeOf,
  processStartOf,
  readOwner,
  readWhole,
  removeWhole,
  SessionKeys,
  takeOwnership,
  writeWhole,
} from "../server/session/index.ts";
export { kindOfStream, NodeConsole, NodeNetwork } from "../server/node/index.ts";
export {
  formatListenAddress,
  type ListenAddress,
  parseListenAddress,
} from "../server/network/index.ts";
export type { CapturePolicy } from "./capture/capture-policy.ts";
export type { SessionCapture } from "./capture/capture-session.ts";
export {
  askControl,
  type ControlAnswer,
  controlPathOf,
  endedFirst,
  serveControl,
  type UpgradeRequest,
} from "./session/control.ts";
export { type FrozenService, makeServiceOf, readServiceFile } from "./service/service-file.ts";
export {
  codeDirectory,
  codeFile,
  hashOfCode,
  keepCode,
  KeptCodes,
} from "./service/durable/service-codes.ts";
export { DivergenceError } from "./service/durable/service-replay.ts";
export {
  type RehearsedLog,
  rehearseService,
  rehearseUpgrade,
  type UpgradeRehearsal,
} from "./service/durable/service-rehearsal.ts";
export { UpgradeError, type UpgradeTrial } from "./service/durable/service-trial.ts";
export { describeSession, type SessionDescription } from "./session/description.ts";
export { readImageFile, sha256, writeImageFile } from "./capture/image-file.ts";
export { type SessionContent, SessionContentError, sessionOf } from "./capture/session-content.ts";
export { thawSession, type ThawOptions } from "./capture/thaw.ts";
export { CaptureError } from "../process/index.ts";
export { ClientStateError } from "../userlib/index.ts";
export { ImageError, ImageStore, type ImageSize, type Plain } from "../checkpoint/index.ts";
export type { FrozenState } from "../process/index.ts";
export { FreezeError } from "./service/freeze-service.ts";
export {
  boot,
  type BootOptions,
  type ServiceGrant,
  ServiceSystem,
  type SpawnOptions as SpawnServiceOptions,
} from "./service/service-system.ts";
export {
  AbortError,
  type CallOptions,
  type Client,
  type Context,
  DeadlineError,
  NotImmediateError,
  service,
  type ServiceDefinition,
  ServiceGoneError,
  type ServiceModule,
  type Stream,
  type SyncClient,
  syncOf,
  ValueError,
  withOptions,
} from "../service/index.ts";
export {
  bundledService,
  bundleService,
  RealmScript,
  type ServiceCode,
  ServiceLoadError,
} from "../process/index.ts";
export { connect, type ConnectServiceOptions } from "./service/connect.ts";
export { type RunningService, runService, type RunServiceOptions } from "./service/run-service.ts";
export {
  AttachClient,
  type AttachClientOptions,
  type ChildPolicy,
  CommandHolder,
  type CommandHolderOptions,
  CommandLogError,
  type CommandManner,
  keepCommand,
  LineSplitter,
  type Protocol,
  protocols,
  readCommand,
  sessionVariable,
  type StateMode,
  stateModes,
} from "./command/index.ts";
