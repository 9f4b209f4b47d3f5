// Preparation of WebAssembly programs: what the loader and the process adapter may use of it.
export { ByteWriter } from "../binary/index.ts";
export { InvalidModuleError } from "../binary/index.ts";
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
export { ReservedExport, ReservedImport, reservedModule } from "../binary/index.ts";
export {
  functionExports,
  functionImports,
  hasFuel,
  imageGlobals,
  isCapturable,
  isWrappable,
} from "./stub.ts";
export type { FunctionExport, FunctionImport } from "./stub.ts";
