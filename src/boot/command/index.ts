// The face of host commands: who holds the sessions of a name, and who has one.
export { AttachClient, type AttachClientOptions } from "./attach-client.ts";
export { CommandHolder, type CommandHolderOptions } from "./command-holder.ts";
export { sessionVariable } from "./command-child.ts";
export { CommandLogError } from "./command-log.ts";
export {
  type CommandManner,
  keepCommand,
  type Protocol,
  protocols,
  readCommand,
  type StateMode,
  stateModes,
} from "./command-manner.ts";
export { LineSplitter } from "./line-splitter.ts";
export type { ChildPolicy } from "./command-session.ts";
