// The face of the script adapter: TypeScript as processes.
export {
  type ClientAnswer,
  type ClientMessage,
  ClientProcess,
  type ClientProcessOptions,
  clientSlots,
  clientThreadsMax,
  type ThreadParts,
} from "./client-process.ts";
export {
  clientGoneBit,
  serviceDescriptor,
  ServiceProcess,
  serviceSlots,
  sharedServiceMemory,
  type ServiceProcessOptions,
} from "./service-process.ts";
export { type FrozenState, Realm, RealmScript } from "./realm/realm.ts";
export {
  RealmService,
  type RealmServiceOptions,
  type ServerAnswer,
  type ServerQuestion,
} from "./realm/realm-service.ts";
export {
  bundledService,
  bundleService,
  realmCode,
  type ServiceCode,
  ServiceLoadError,
} from "./realm/service-bundle.ts";
