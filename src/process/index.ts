// The face of the process port and of what a core's adapters share.
export {
  type Door,
  FaultReason,
  isRegionHandle,
  type Memories,
  type Notice,
  regionHandle,
} from "./process.ts";
export type { Core, FaultReport, PortalEntry, Runner } from "./core.ts";
export { type MemorySource, SpaceMemories } from "./memories.ts";
