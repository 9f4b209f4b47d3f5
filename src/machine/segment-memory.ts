// Segments in memory that several threads share: what a worker wrote is there when the worker is gone,
// as long as another thread holds the buffers. Every one made or removed is told to that thread before
// it is used (node/segment-keeper.ts).
import {
  isSegmentName,
  isSegmentSize,
  type Segment,
  type SegmentRefusal,
  type SegmentStore,
} from "./segments.ts";

/** What happened to a name: its buffer, or that there is none any more. */
export interface SegmentChange {
  readonly name: string;
  readonly buffer: SharedArrayBuffer | undefined;
}

export interface MemorySegmentsOptions {
  /** The segments there are already. The map is used as it is, and kept up to date. */
  readonly buffers?: Map<string, SharedArrayBuffer>;
  /** Bytes of all segments together. */
  readonly capacityBytes?: number;
  /** Told of every change; it must have reached the keeper's thread when this returns. */
  readonly onChange?: (change: SegmentChange) => void;
}

export class MemorySegments implements SegmentStore {
  readonly #buffers: Map<string, SharedArrayBuffer>;
  readonly #capacityBytes: number;
  readonly #onChange: (change: SegmentChange) => void;

  constructor(options: MemorySegmentsOptions = {}) {
    this.#buffers = options.buffers ?? new Map();
    this.#capacityBytes = options.capacityBytes ?? Infinity;
    this.#onChange = options.onChange ?? (() => undefined);
  }

  create(name: string, bytes: number): Segment | SegmentRefusal {
    if (!isSegmentName(name) || !isSegmentSize(bytes)) return "invalid";
    if (this.#buffers.has(name)) return "exists";
    if (this.#usedBytes() + bytes > this.#capacityBytes) return "full";
    const buffer = tryAllocate(bytes);
    if (buffer === undefined) return "full";
    this.#buffers.set(name, buffer);
    this.#onChange({ name, buffer });
    return segmentIn(buffer);
  }

  open(name: string): Segment | SegmentRefusal {
    if (!isSegmentName(name)) return "invalid";
    const buffer = this.#buffers.get(name);
    return buffer === undefined ? "missing" : segmentIn(buffer);
  }

  remove(name: string): SegmentRefusal | undefined {
    if (!isSegmentName(name)) return "invalid";
    if (!this.#buffers.delete(name)) return "missing";
    this.#onChange({ name, buffer: undefined });
    return undefined;
  }

  list(): readonly string[] {
    return [...this.#buffers.keys()].toSorted();
  }

  close(): void {
    // The memory is given back when no thread knows of it any more.
  }

  #usedBytes(): number {
    let used = 0;
    for (const { byteLength } of this.#buffers.values()) used += byteLength;
    return used;
  }
}

function segmentIn(buffer: SharedArrayBuffer): Segment {
  return { words: new Int32Array(buffer), close: () => undefined };
}

/** Undefined where the engine has no such room. */
function tryAllocate(bytes: number): SharedArrayBuffer | undefined {
  try {
    return new SharedArrayBuffer(bytes);
  } catch {
    return undefined;
  }
}
