// The face of the process port and of what the adapters of one core share: types for the kernel, and
// the memories and contracts that boot puts together.
export type { Memories, Notice } from "./process.ts";
export type { Core, FaultReport, PortalEntry, Runner } from "./core.ts";
export { type MemorySource, SpaceMemories } from "./memories.ts";
