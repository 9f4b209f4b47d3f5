// The face of the Node adapter: a machine made of this process, its threads and a directory.
export { createNodeMachine, type NodeMachineOptions } from "./create.ts";
export { tuneEngine } from "./engine.ts";
export { FileStore, StoreDirectoryError } from "./file-store.ts";
export { FileSegments, type FileSegmentsOptions } from "./segment-files.ts";
export { type KeptSegments, keptSegments, SegmentKeeper } from "./segment-keeper.ts";
export { SegmentSyncs } from "./segment-syncs.ts";
export { SegmentWriter } from "./segment-writer.ts";
export { SharedMemoryFullError } from "./shared-arena.ts";
export {
  connectLink,
  type HostLinkOptions,
  LinkRefusedError,
  listenForLinks,
} from "./link-host.ts";
export { LinkLoop, type LinkLoopOptions } from "./link-loop.ts";
export { looksIn, measureWakeNs, patienceOf, type Surroundings } from "./link-patience.ts";
export {
  makeSharedLink,
  markEnded,
  sharedCarrier,
  type SharedLinkMemory,
  type SharedLinkOptions,
  type Side,
} from "./link-shared.ts";
export { type Bet, type Driven, driveUntil } from "./link-thread.ts";
