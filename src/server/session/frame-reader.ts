// Frames out of a stream of bytes, however it is cut. Never more is kept than one frame and the chunk in
// which it ended.
import {
  bodyBytesOf,
  decodeFrame,
  type Frame,
  type FrameFault,
  frameHeaderBytes,
} from "./frame.ts";

export class FrameReader {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** The header of the frame that is coming, and how many bytes follow it. */
  #header: DataView | undefined;
  #bodyBytes = 0;

  /** Bytes that came and belong to no frame yet. */
  get bytesKept(): number {
    return this.#bytes;
  }

  /** Adds what came. The chunk is kept, not copied. */
  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** The next whole frame; undefined if there is none yet; a fault if what came is none, and then for ever. */
  next(): Frame | FrameFault | undefined {
    if (this.#header === undefined) {
      if (this.#bytes < frameHeaderBytes) return undefined;
      const header = viewOf(this.#peek(frameHeaderBytes));
      const body = bodyBytesOf(header);
      if (typeof body === "string") return body;
      this.#drop(frameHeaderBytes);
      this.#header = header;
      this.#bodyBytes = body;
    }
    if (this.#bytes < this.#bodyBytes) return undefined;
    const frame = decodeFrame(this.#header, this.#peek(this.#bodyBytes));
    this.#drop(this.#bodyBytes);
    this.#header = undefined;
    return frame;
  }

  /** The first bytes, in a piece of their own if they came in several. */
  #peek(bytes: number): Uint8Array {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= bytes) return first.subarray(0, bytes);
    const out = new Uint8Array(bytes);
    let at = 0;
    for (const chunk of this.#chunks) {
      const part = chunk.subarray(0, bytes - at);
      out.set(part, at);
      at += part.length;
      if (at === bytes) break;
    }
    return out;
  }

  #drop(bytes: number): void {
    this.#bytes -= bytes;
    let left = bytes;
    while (left > 0) {
      const first = this.#chunks[0]!;
      if (first.length > left) {
        this.#chunks[0] = first.subarray(left);
        return;
      }
      left -= first.length;
      this.#chunks.shift();
    }
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
