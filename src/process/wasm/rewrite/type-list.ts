// Function types that are added behind those of a module, each once.
import { ByteWriter, encodeFunctionType } from "../binary/index.ts";
import { type ValueCode, writeValueCode } from "./value-code.ts";

export class TypeList {
  readonly entries: Uint8Array[] = [];
  readonly #first: number;
  readonly #indices = new Map<string, number>();

  /** `first` is the number of types that the module has already. */
  constructor(first: number) {
    this.#first = first;
  }

  /** Index of the type, added if it is new. */
  index(parameters: readonly ValueCode[], results: readonly ValueCode[]): number {
    const key = `${parameters.join()}>${results.join()}`;
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.#first + this.entries.length;
      this.#indices.set(key, index);
      this.entries.push(encodeFunctionType(parameters.map(encode), results.map(encode)));
    }
    return index;
  }

  /** Writes the type of a construct that takes nothing, in its shortest form. */
  writeBlockType(out: ByteWriter, results: readonly ValueCode[]): void {
    if (results.length === 0) out.u8(emptyBlock);
    else if (results.length === 1) writeValueCode(out, results[0]);
    else out.s32(this.index([], results));
  }
}

const emptyBlock = 0x40;

function encode(code: ValueCode): Uint8Array {
  const out = new ByteWriter(8);
  writeValueCode(out, code);
  return out.finish();
}
