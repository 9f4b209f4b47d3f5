// The functions on sockets. There is no network server yet, so no descriptor is a socket, and each of
// them says so of a descriptor that is open.
import { Errno } from "../userlib/index.ts";
import { immediate } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

const notASocket: WasiFunction = immediate((p: WasiProcess, fd: number) =>
  p.table.get(fd) === undefined ? Errno.badf : Errno.notsock,
);

export const sockAccept: WasiFunction = notASocket;
export const sockRecv: WasiFunction = notASocket;
export const sockSend: WasiFunction = notASocket;
export const sockShutdown: WasiFunction = notASocket;
