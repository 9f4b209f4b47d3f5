// The face of channels: links between cores, and calls over them.
export type { IncomingMessage } from "./incoming-message.ts";
export { Link, type LinkHandler } from "./link.ts";
export { CallDeadlineError, PeerLostError } from "./link-error.ts";
export {
  endLinkOf,
  machineCarrier,
  type MachineCarrier,
  type MachineLinkOptions,
} from "./machine-carrier.ts";
export { Optimism } from "./optimism.ts";
export { TooManyCallsError } from "./open-calls.ts";
export { CallKind, type CallServer, type CallWaiter, numberBytes, Rpc } from "./rpc.ts";
