// The custom section by which a module tells the engine which way a branch usually goes. Every fuel
// check ends in a branch that is hardly ever taken; told so, the engine moves its call away.
import { ByteWriter } from "../binary/index.ts";

const unlikely = 0;

export class HintWriter {
  readonly #entries = new ByteWriter(1024);
  #functionCount = 0;

  /** The branches of one function, by ascending offsets in its body; functions come in ascending order. */
  add(functionIndex: number, branchOffsets: readonly number[]): void {
    if (branchOffsets.length === 0) return;
    this.#functionCount++;
    this.#entries.u32(functionIndex).u32(branchOffsets.length);
    for (const offset of branchOffsets) this.#entries.u32(offset).u8(1).u8(unlikely);
  }

  finish(): Uint8Array {
    return new ByteWriter(this.#entries.length + 8)
      .u32(this.#functionCount)
      .raw(this.#entries.view())
      .finish();
  }
}
