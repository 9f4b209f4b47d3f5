// The face of the process server.
export { type Launcher, ProcessService } from "./process-service.ts";
export { type ProcessRow, ProcessTable } from "./process-table.ts";
export type { StartDescriptor, StartRequest } from "./start-request.ts";
