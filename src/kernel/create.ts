// Making the kernel of one core: its state, and the fast path that closes over it.
import { createFastPath } from "./ipc/fastpath.ts";
import { createSlowKernel, type Kernel, type KernelOptions } from "./kernel.ts";

export function createKernel(options: KernelOptions): Kernel {
  const k = createSlowKernel(options);
  if (options.techniques?.fastPath ?? true) k.fast = createFastPath(k);
  return k;
}
