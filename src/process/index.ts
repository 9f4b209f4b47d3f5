// The face of the process port.
export {
  FaultReason,
  isRegionHandle,
  regionHandle,
  type Door,
  type Memories,
  type Notice,
} from "./process.ts";
