// Stacks taken out and put back: frames as plain data, the continuations that go on from them, and the
// rest of an instance's state.
export { CapturableProgram } from "./capturable-program.ts";
export { continuationModule } from "./continuation-module.ts";
export { continuedBy, sourceOffset } from "./continuation-source.ts";
export { FrameStore } from "./frame-store.ts";
export type { Frame, Frames } from "./frames.ts";
export { HandleTable } from "./instance-references.ts";
export type { ExternalHandles } from "./instance-references.ts";
export { readState, writeState } from "./instance-state.ts";
export type { InstanceAccess, InstanceState, TableState } from "./instance-state.ts";
export type { StackCapture } from "./stack-capture.ts";
export { UnwindingStack } from "./unwinding-stack.ts";
export type { UnwindingStackOptions } from "./unwinding-stack.ts";
