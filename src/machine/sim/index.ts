// The face of the simulator: a world that a seed decides, and a disk that can fail and outlive it.
export { SimDisk, type DiskOptions } from "./disk.ts";
export { Simulation, type RunEnd, type SimulationOptions } from "./simulation.ts";
export { SegmentDisk, type SegmentDiskOptions } from "./segment-disk.ts";
export { SimLinks, type SimLinkShape } from "./link-sim.ts";
