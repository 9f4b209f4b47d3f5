// The face of the kernel: its state, its events, and what boot may do to it. Only `boot` and the
// simulator import this; everybody else makes calls.
export { createKernel } from "./create.ts";
export { type Kernel, type KernelOptions, Preemption, setTime, type Techniques } from "./kernel.ts";
export {
  enter,
  enterSlow,
  exited,
  faulted,
  interrupt,
  nextTickNs,
  portalDetached,
  portalFaulted,
  portalReturned,
  preempted,
  schedule,
  stackLeft,
  tick,
} from "./event.ts";
export { slow } from "./ipc/slow.ts";
export {
  createObject,
  createRootSpace,
  grant,
  startThread,
  type CreateWords,
  type Grant,
} from "./root.ts";
export { exitCodeOf, liveThreads, portalOf, spaceOfThread } from "./inspect.ts";
export { Binding } from "./syscall/memory-calls.ts";
export { verify } from "./verify.ts";
