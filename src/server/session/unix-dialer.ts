// Connections to the Unix socket of a gateway. While no request is under way they do not keep the process
// from seeing that nothing is left to happen.
import type { Dial, DialEvents } from "./dial.ts";
import { encodeFrame, type Frame, FrameKind, makeFrame } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { Refusal, refusalTexts } from "./refusal.ts";

/** A connection that is neither taken nor refused for so long is given up. */
const connectMs = 2000;

/** What a gateway of another version would say, if its words were understood. */
function versionRefused(): Frame {
  const bytes = new TextEncoder().encode(refusalTexts[Refusal.version]);
  return makeFrame(FrameKind.refused, { label: Refusal.version, bytes });
}

export function dialUnix(path: string, events: DialEvents): Dial {
  const { connect } = process.getBuiltinModule("node:net");
  const socket = connect({ path });
  const reader = new FrameReader();
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    // What was sent is still to go, but nothing waits for it.
    socket.destroySoon();
    socket.unref();
  };
  const timer = setTimeout(() => socket.destroy(), connectMs).unref();
  socket.on("connect", () => {
    clearTimeout(timer);
    if (!isClosed) events.onOpen();
  });
  socket.on("data", (chunk: Uint8Array) => {
    reader.add(chunk);
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      if (typeof frame === "string") {
        if (frame === "another version") events.onFrame(versionRefused());
        socket.destroy();
        return;
      }
      events.onFrame(frame);
      if (frame.kind === FrameKind.answer) socket.unref();
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    clearTimeout(timer);
    events.onClose();
  });
  return {
    send(frame: Frame) {
      if (isClosed || socket.destroyed) return;
      if (frame.kind === FrameKind.call) socket.ref();
      socket.write(encodeFrame(frame));
    },
    close,
  };
}
