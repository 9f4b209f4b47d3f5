// A connection that carries frames of lines, at either end.
import type { Socket } from "node:net";
import { type AttachFrame, formatFrame, parseFrame } from "./attach-frame.ts";
import { LineSplitter } from "./line-splitter.ts";

/** How long the other side may take to read the last of it. */
const lingerMs = 500;

export interface LinkEvents {
  /** Undefined: it was none. */
  readonly onFrame: (frame: AttachFrame | undefined) => void;
  readonly onClose: () => void;
}

export class SocketLink {
  readonly #socket: Socket;
  #isClosed = false;

  constructor(socket: Socket, { onFrame, onClose }: LinkEvents) {
    this.#socket = socket;
    const splitter = new LineSplitter();
    // An error is a close that follows.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#isClosed = true;
      onClose();
    });
    socket.on("end", () => this.close());
    socket.on("data", (chunk: Uint8Array) => {
      for (const line of linesOf(splitter, chunk)) {
        if (this.#isClosed) return;
        onFrame(line === undefined ? undefined : parseFrame(line));
      }
    });
  }

  send(frame: AttachFrame): void {
    if (!this.#isClosed) this.#socket.write(formatFrame(frame));
  }

  setReading(isReading: boolean): void {
    if (isReading) this.#socket.resume();
    else this.#socket.pause();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.end().resume();
    setTimeout(() => this.#socket.destroy(), lingerMs).unref();
  }
}

function linesOf(splitter: LineSplitter, chunk: Uint8Array): readonly (string | undefined)[] {
  try {
    return splitter.add(chunk);
  } catch {
    return [undefined];
  }
}
