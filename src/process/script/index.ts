// The face of the script adapter: TypeScript as processes.
export {
  clientGoneBit,
  serviceDescriptor,
  ServiceProcess,
  serviceSlots,
  type ServiceProcessOptions,
} from "./service-process.ts";
