// Preparation of WebAssembly programs: what the loader and the process adapter may use of it.
export { ByteWriter } from "./byte-writer.ts";
export { InvalidModuleError } from "./invalid-module-error.ts";
export { prepareModule } from "./prepare.ts";
export type { PreparedModule, PrepareOptions } from "./prepare.ts";
export type {
  ExportFact,
  ImportFact,
  MemoryFact,
  ModuleFacts,
  MutableGlobalFact,
  Signature,
} from "./facts.ts";
export { ReservedExport, ReservedImport, reservedModule } from "./reserved.ts";
export {
  functionExports,
  functionImports,
  hasFuel,
  imageGlobals,
  isCapturable,
  isWrappable,
} from "./stub.ts";
export type { FunctionExport, FunctionImport } from "./stub.ts";
