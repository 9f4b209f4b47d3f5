// The face of the file servers.
export { fileService } from "./file-service.ts";
export type { FileStat, FileTree, OpenDirectory, OpenFile } from "./file-tree.ts";
export { HostDirectory } from "./host-directory.ts";
export type { HostEntry, HostFiles, HostOpen } from "./host-files.ts";
export { MemoryFiles, type MemoryFilesOptions } from "./memory-files.ts";
export { overlay } from "./overlay.ts";
export { readOnly } from "./read-only.ts";
