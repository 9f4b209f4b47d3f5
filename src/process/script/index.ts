// The face of the script adapter: TypeScript as processes.
export {
  serviceDescriptor,
  ServiceProcess,
  serviceSlots,
  type ServiceProcessOptions,
} from "./service-process.ts";
