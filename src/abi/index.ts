// The face of the ABI: everything a program and a kernel have to agree on.
export { Status, statusName, type StatusName } from "./status.ts";
export { allRights, Right, type RightName } from "./right.ts";
export { Kind, kindCount, kindName, type KindName } from "./kind.ts";
export {
  forever,
  messageWordCount,
  Register,
  registerCount,
  type RegisterName,
} from "./register.ts";
export {
  Syscall,
  syscallCount,
  syscallFacts,
  syscallName,
  type SyscallClass,
  type SyscallFacts,
  type SyscallName,
} from "./syscall.ts";
export { Descriptor, descriptorBytes, descriptorWords, faultLabel, moveFlag } from "./message.ts";
export { FaultReason, isRegionHandle, regionHandle } from "./fault.ts";
export { InitialSlot } from "./slot.ts";
export { leaveStack, Next } from "./next.ts";
export {
  stateHeaderWords,
  stateLayouts,
  stateVersion,
  stateWord,
  stateWords,
  StackState,
  ThreadState,
  type StateField,
} from "./state.ts";
export {
  communicationAddress,
  annexAddress,
  annexBytes,
  communicationBytes,
  communicationPageBytes,
  processThreadsMax,
  copyStepBytes,
  defaultLimits,
  defaultPriority,
  defaultSliceUs,
  destroyStepCount,
  indirectStringsMax,
  messageBytesMax,
  messageCapabilitiesMax,
  messageExtraWordsMax,
  messageRegionsMax,
  pagesPerSpace,
  portalBytesMax,
  portalNestingMax,
  priorityCount,
  regionBytesMax,
  revokeStepCount,
  sliceUsMax,
  slotsPerPage,
  slotsPerSpace,
  smallLimits,
  spaceDepthMax,
  staleRowsMax,
  timeoutUsMax,
  wakeListCount,
  wakeTickNs,
  type Limits,
} from "./limit.ts";
