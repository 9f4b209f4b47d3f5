// Who is at the other end of a Unix socket, as the system tells it. Its directory and its mode keep
// others out already; this holds where somebody has changed those. Node has no call for it.
import { loadQuietly } from "../node/index.ts";

const levelSocket = 1;
const optionPeerCredentials = 17;
const credentialWords = 3;

/** A socket of Node's, whose descriptor it does not show. */
interface HandleOwner {
  readonly _handle?: { readonly fd?: number };
}

/** The user at the other end; undefined where the system cannot be asked. */
export type PeerOf = (socket: object) => number | undefined;

let known: PeerOf | undefined;

/** Loads the C library when it is first called. */
export function peerOf(): PeerOf {
  return (known ??= load());
}

function load(): PeerOf {
  const ffi = process.platform === "linux" ? loadQuietly() : undefined;
  if (ffi === undefined) return () => undefined;
  const { lib, functions } = ffi.dlopen(null, {
    getsockopt: { arguments: ["i32", "i32", "i32", "pointer", "pointer"], return: "i32" },
  });
  const credentials = Int32Array.from([0, 0, 0]);
  const length = Int32Array.from([0]);
  const to = ffi.getRawPointer(credentials.buffer);
  const lengthAt = ffi.getRawPointer(length.buffer);
  return (socket) => {
    // The library lives as long as this function does.
    void lib;
    const fd = (socket as HandleOwner)._handle?.fd ?? -1;
    if (fd < 0) return undefined;
    length[0] = credentialWords * 4;
    const result = functions.getsockopt(fd, levelSocket, optionPeerCredentials, to, lengthAt);
    return result === 0 ? credentials[1] : undefined;
  };
}
