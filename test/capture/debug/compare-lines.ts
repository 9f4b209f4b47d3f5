// Whether a rewritten module says of every instruction what the plain one says. Which instruction became
// which is not asked of the rewriter: the tables are walked side by side, and both rows must stand at the
// same instruction, in the same function, and in the same order.
import {
  bodyReaders,
  ByteReader,
  findSection,
  readBinary,
  readOpcode,
  SectionId,
  skipImmediates,
  type WasmBinary,
} from "../../../src/process/wasm/binary/index.ts";

/** A row of a line table, whoever read it; addresses count from the code section's contents. */
export interface Row {
  readonly address: number;
  readonly file: string;
  readonly line: number;
}

export interface Comparison {
  readonly rows: number;
  /** What is different, in words. */
  readonly differences: readonly string[];
}

export function compareLines(
  plain: { readonly bytes: Uint8Array; readonly rows: readonly Row[] },
  rewritten: { readonly bytes: Uint8Array; readonly rows: readonly Row[] },
): Comparison {
  const before = new Code(plain.bytes);
  const after = new Code(rewritten.bytes);
  const differences: string[] = [];
  if (plain.rows.length !== rewritten.rows.length) {
    differences.push(`${plain.rows.length} rows became ${rewritten.rows.length}`);
  }
  plain.rows.forEach((row, at) => {
    const other = rewritten.rows[at];
    if (other === undefined) return;
    const was = describe(row, before);
    const is = describe(other, after);
    if (isOldException(was)) return; // it is translated into others
    if (was !== is) differences.push(`${was} became ${is}`);
  });
  return { rows: plain.rows.length, differences };
}

function describe({ address, file, line }: Row, code: Code): string {
  return `${file}:${line} at ${code.describe(address)}`;
}

/** The code of a module, by addresses. */
export class Code {
  readonly #binary: WasmBinary;
  readonly #origin: number;
  readonly #bodies: readonly ByteReader[];
  readonly #instructions = new Map<number, ReadonlyMap<number, string>>();

  constructor(bytes: Uint8Array) {
    this.#binary = readBinary(bytes);
    this.#origin = findSection(this.#binary, SectionId.code)?.bodyStart ?? 0;
    this.#bodies = [...bodyReaders(this.#binary)];
  }

  /** Which function, and which instruction of it, as far as rewriting leaves that alone. */
  describe(address: number): string {
    const offset = address + this.#origin;
    const position = this.#bodies.findIndex(
      (body) => offset >= body.position && offset <= body.end,
    );
    const body = this.#bodies[position];
    if (body === undefined) return "no function";
    if (offset === body.position) return `the beginning of function ${position}`;
    if (offset === body.end) return `the end of function ${position}`;
    const instruction = this.#instructionsOf(position).get(offset);
    return `${instruction ?? "the middle of an instruction"} of function ${position}`;
  }

  /** Instructions by their offsets. Numbers of functions may change, and so are left out. */
  #instructionsOf(position: number): ReadonlyMap<number, string> {
    let known = this.#instructions.get(position);
    if (known === undefined) this.#instructions.set(position, (known = this.#read(position)));
    return known;
  }

  #read(position: number): Map<number, string> {
    const body = this.#bodies[position]!;
    const reader = new ByteReader(this.#binary.bytes, body.position, body.end);
    skipDeclarations(reader);
    const found = new Map<number, string>();
    while (!reader.isAtEnd()) {
      const start = reader.position;
      const opcode = readOpcode(reader);
      skipImmediates(reader, opcode);
      const immediates = changesImmediates(opcode)
        ? ""
        : Buffer.from(reader.bytes.subarray(start, reader.position)).toString("hex");
      found.set(start, `0x${opcode.toString(16)} ${immediates}`);
    }
    return found;
  }
}

function skipDeclarations(reader: ByteReader): void {
  for (let groups = reader.u32(); groups > 0; groups--) {
    reader.u32();
    reader.skip(1); // C has no types of more than a byte
  }
}

/** `try`, `catch`, `rethrow`, `delegate`, `catch_all`. */
function isOldException(described: string): boolean {
  return / at 0x(6|7|9|18|19) /.test(described);
}

const call = 0x10;
const branch = 0x0c;
const branchTable = 0x0e;

/** Calls name functions, and branches count the constructs that fuel puts around them. */
function changesImmediates(opcode: number): boolean {
  return opcode === call || (opcode >= branch && opcode <= branchTable);
}
