// The face of monitors: what one core of a multikernel agrees on with the others.
export {
  type Detector,
  type DetectorOptions,
  heard,
  newDetector,
  type Suspicion,
  tick,
  watch,
} from "./detector.ts";
export {
  type DirectoryMessage,
  type DirectoryState,
  type DirectoryTold,
  type DirectoryTurn,
  directoryView,
  findName,
  hearDirectory,
  newDirectory,
  registerName,
  removeName,
} from "./directory.ts";
export {
  hearMembership,
  type MembershipMessage,
  type MembershipState,
  type MembershipTurn,
  newMembership,
  noteDeath,
  type View,
} from "./membership.ts";
export type { Message, Messages, Outcome, Told } from "./message.ts";
export { enterView, receive, request, type Said } from "./monitor.ts";
export { elderOf, type Lineage, makerOf, type Name, showName, theOwner } from "./name.ts";
export { type Operation, removes } from "./operation.ts";
export { protocols, type Protocols } from "./protocols.ts";
export type { Begun, Refusal, Request } from "./request.ts";
export { type Anchor, type Branch, isSettled, type MonitorState, newMonitor } from "./state.ts";
export { type CostMatrix, multicastTree, nodesOf, type Tree, unicastTree } from "./topology.ts";
