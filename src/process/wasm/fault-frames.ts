// Where a program broke: the frames of its stack as the engine tells of them, each with its function and,
// for a program with debug sections, the line of source.
import { bodyReaders, findCustomSection, readBinary, readFunctionName } from "./binary/index.ts";
import type { WasmBinary } from "./binary/index.ts";
import type { PreparedModule } from "./prepare/index.ts";
import { continuedBy, sourceOffset } from "./resume/index.ts";
import { leftOutSection, type LineTable, readLineTable, type SourceLine } from "./rewrite/index.ts";

export interface FaultFrame {
  /** Empty for one without a name. */
  readonly functionName: string;
  readonly functionIndex: number;
  /** Offset in the module as it was prepared; undefined in a function that was put back. */
  readonly offset: number | undefined;
  readonly source: SourceLine | undefined;
}

export interface FaultStack {
  /** Innermost first. */
  readonly frames: readonly FaultFrame[];
  /** What of the program's debug sections could not be kept when it was prepared, each with the reason. */
  readonly leftOut: readonly string[];
}

/** A stack as the engine writes it; with lines if the program is known. */
export function faultStack(stack: string, prepared: PreparedModule | undefined): FaultStack {
  const frames = stack.split("\n").flatMap(parseFrame);
  if (prepared === undefined || frames.length === 0) {
    return { frames: frames.map(withoutSource), leftOut: [] };
  }
  const locator = new Locator(prepared);
  return { frames: frames.map((frame) => locator.locate(frame)), leftOut: locator.leftOut };
}

/** A line of an error's stack that is in a WebAssembly module. */
interface EngineFrame {
  readonly moduleName: string;
  readonly functionName: string;
  readonly functionIndex: number;
  readonly offset: number;
}

const pattern =
  /^\s*at (?:(.*) \()?wasm:\/\/wasm\/(?:(.*)-)?[0-9a-f]+:wasm-function\[(\d+)\]:(0x[0-9a-f]+)/;

function parseFrame(line: string): EngineFrame[] {
  const match = pattern.exec(line);
  if (match === null) return [];
  const [, named = "", moduleName = "", functionIndex, offset] = match;
  const functionName = named.startsWith(`${moduleName}.`)
    ? named.slice(moduleName.length + 1)
    : named.replace(/^wasm\./, "");
  return [
    { moduleName, functionName, functionIndex: Number(functionIndex), offset: Number(offset) },
  ];
}

function withoutSource({ functionName, functionIndex, offset }: EngineFrame): FaultFrame {
  return { functionName, functionIndex, offset, source: undefined };
}

class Locator {
  readonly #prepared: PreparedModule;
  readonly #binary: WasmBinary;
  readonly #lines: LineTable | undefined;
  readonly #bodies: readonly { readonly position: number; readonly end: number }[];
  readonly #firstFunction: number;
  #sourceLines: LineTable | undefined;

  constructor(prepared: PreparedModule) {
    this.#prepared = prepared;
    this.#binary = readBinary(prepared.bytes);
    this.#lines = readLineTable(this.#binary);
    this.#bodies = [...bodyReaders(this.#binary)];
    this.#firstFunction = prepared.facts.imports.filter(({ kind }) => kind === "function").length;
  }

  get leftOut(): readonly string[] {
    const section = findCustomSection(this.#binary, leftOutSection);
    if (section === undefined) return [];
    const text = this.#binary.bytes.subarray(section.bodyStart, section.end);
    return new TextDecoder().decode(text).split("\n");
  }

  locate(frame: EngineFrame): FaultFrame {
    const continued = continuedBy(frame.moduleName);
    if (continued !== undefined) return this.#locateContinued({ ...frame, ...continued });
    const source = this.#isOwn(frame) ? this.#lines?.find(frame.offset) : undefined;
    return { ...withoutSource(frame), source };
  }

  /** The engine does not say which module it is: other programs may be on the stack as well. */
  #isOwn({ functionIndex, offset }: EngineFrame): boolean {
    const body = this.#bodies[functionIndex - this.#firstFunction];
    return body !== undefined && offset >= body.position && offset < body.end;
  }

  #locateContinued(frame: EngineFrame & { readonly callNumber: number }): FaultFrame {
    const { functionIndex } = frame;
    const functionName = readFunctionName(this.#binary, functionIndex) ?? "";
    const source = this.#continuedLine(frame);
    return { functionName, functionIndex, offset: undefined, source };
  }

  #continuedLine(frame: EngineFrame & { readonly callNumber: number }): SourceLine | undefined {
    const source = this.#lines && this.#prepared.capturable?.source;
    if (source === undefined) return undefined;
    this.#sourceLines ??= readLineTable(readBinary(source.bytes));
    const offset = sourceOffset(source, frame);
    return offset === undefined ? undefined : this.#sourceLines?.find(offset);
  }
}
