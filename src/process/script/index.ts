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
  type ServiceProcessOptions,
} from "./service-process.ts";
