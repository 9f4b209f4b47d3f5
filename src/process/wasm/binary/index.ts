// The WebAssembly binary format: reading and writing it, for everything that rewrites programs.
export { Assembler, i32Code, i64Code } from "./assembler.ts";
export type { IndexWidth } from "./assembler.ts";
export { bodyReaders, skipLocals } from "./bodies.ts";
export { ByteReader } from "./byte-reader.ts";
export { ByteWriter } from "./byte-writer.ts";
export { externalKinds, functionType, readDeclarations } from "./declarations.ts";
export type {
  Declarations,
  ExportDeclaration,
  ExternalKind,
  TableDeclaration,
} from "./declarations.ts";
export { readFunctionName } from "./function-name.ts";
export { appendEntries, encodeFunctionType } from "./entries.ts";
export { exposeInternals, extendExports } from "./expose.ts";
export { mapFunctionsIn, mapNames } from "./function-index.ts";
export { Opcode, readMemoryArgument, readOpcode } from "./instruction.ts";
export { skipConstantExpression, skipImmediates, skipInstruction } from "./instruction.ts";
export { InvalidModuleError } from "./invalid-module-error.ts";
export { refuseReservedNames, ReservedExport } from "./reserved.ts";
export { ReservedImport, reservedModule } from "./reserved.ts";
export { findCustomSection, findSection, readBinary, SectionId } from "./sections.ts";
export { sectionReader, speaksOfOffsets, writeBinary } from "./sections.ts";
export type { WasmBinary } from "./sections.ts";
export { Splicer } from "./splicer.ts";
export type { IndexMap, NoteMove } from "./splicer.ts";
export { readLimits, readValueType } from "./value-type.ts";
export type { FunctionType, Limits, ValueType } from "./value-type.ts";
