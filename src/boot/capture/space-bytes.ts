// The bytes behind the addresses of a process, as recovery sees them: its memory, and its communication
// area above it.
import { communicationAddress, communicationBytes } from "../../abi/index.ts";
import type { SpaceMemories } from "../../process/index.ts";
import type { ProcessMemory } from "../../recovery/index.ts";

export class SpaceBytes implements ProcessMemory {
  readonly #memories: SpaceMemories;
  readonly #space: number;

  constructor(memories: SpaceMemories, space: number) {
    this.#memories = memories;
    this.#space = space;
  }

  bytesAt(address: number, bytes: number): Uint8Array | undefined {
    const at = address >>> 0;
    const count = bytes >>> 0;
    if (at >= communicationAddress) {
      const offset = at - communicationAddress;
      if (offset + count > communicationBytes) return undefined;
      const area = this.#memories.area(this.#space);
      return new Uint8Array(area.buffer, area.byteOffset + offset, count);
    }
    const memory = this.#memories.bytes(this.#space);
    return at + count <= memory.length ? memory.subarray(at, at + count) : undefined;
  }

  wordAt(address: number): number {
    return this.#memories.load(this.#space, address);
  }
}
