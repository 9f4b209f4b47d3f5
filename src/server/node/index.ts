// The face of the node adapters: the only part of the servers that imports from the host, besides the
// sockets and files of sessions.
export { kindOfStream, NodeConsole } from "./node-console.ts";
export { loadQuietly } from "./libc-library.ts";
export { hasDirectoryPaths, NodeFiles } from "./node-directory.ts";
export { defaultSocketLimits, NodeNetwork, type SocketLimits } from "./node-sockets.ts";
