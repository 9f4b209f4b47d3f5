// The face of the network server.
export { formatListenAddress, type ListenAddress, parseListenAddress } from "./listen-address.ts";
export {
  Direction,
  type HostConnection,
  type HostListener,
  type NetworkDevice,
  wouldBlock,
} from "./network-device.ts";
export { NetworkService } from "./network-service.ts";
