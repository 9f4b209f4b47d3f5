// The face of userlib: what programs and servers written in TypeScript link against.
export { type Caller, LongCall, scratchBytes } from "./caller.ts";
export type { Answer, Later, Message, Service, ServiceHost } from "./service.ts";
