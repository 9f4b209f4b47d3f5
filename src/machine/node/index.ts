// The face of the Node adapter: a machine made of this process, its threads and a directory.
export { createNodeMachine, type NodeMachineOptions } from "./create.ts";
export { FileStore, StoreDirectoryError } from "./file-store.ts";
export { FileSegments, type FileSegmentsOptions } from "./segment-files.ts";
export { type KeptSegments, keptSegments, SegmentKeeper } from "./segment-keeper.ts";
export { SegmentSyncs } from "./segment-syncs.ts";
export { SegmentWriter } from "./segment-writer.ts";
export { SharedMemoryFullError } from "./shared-arena.ts";
