// The face of the console server.
export { type ConsoleDevice, type StreamKind, wouldBlock } from "./console-device.ts";
export { ConsoleService, filetypeOfStream } from "./console-service.ts";
