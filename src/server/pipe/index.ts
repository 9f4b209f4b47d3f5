// The face of the pipe server.
export { capacityBytes, pipeBufferBytes } from "./pipe.ts";
export { PipeService } from "./pipe-service.ts";
export type { PipesState } from "./pipe-states.ts";
