// The WebAssembly interface of JavaScript engines, as far as Shoal uses it. TypeScript declares it
// only together with a whole browser, which would let browser globals into every other file; and it
// does not know promise integration (Suspending, promising) yet. A declaration only: nothing here
// runs.

declare namespace WebAssembly {
  type ExternalKind = "function" | "table" | "memory" | "global" | "tag";
  type ValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "externref" | "anyfunc" | "exnref";
  type Exports = Record<string, ExportValue>;
  type ExportValue = Function | Global | Memory | Table | Tag;
  type ImportValue = ExportValue | number | bigint;
  type ModuleImports = Record<string, unknown>;
  type Imports = Record<string, ModuleImports>;

  interface ModuleImportDescriptor {
    readonly module: string;
    readonly name: string;
    readonly kind: ExternalKind;
  }

  interface ModuleExportDescriptor {
    readonly name: string;
    readonly kind: ExternalKind;
  }

  class Module {
    constructor(bytes: NodeJS.BufferSource);
    static imports(module: Module): ModuleImportDescriptor[];
    static exports(module: Module): ModuleExportDescriptor[];
    static customSections(module: Module, name: string): ArrayBuffer[];
  }

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }

  interface MemoryDescriptor {
    readonly initial: number;
    readonly maximum?: number;
    readonly shared?: boolean;
  }

  class Memory {
    constructor(descriptor: MemoryDescriptor);
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
    grow(deltaPages: number): number;
  }

  interface TableDescriptor {
    readonly element: "anyfunc" | "externref";
    readonly initial: number;
    readonly maximum?: number;
  }

  class Table {
    constructor(descriptor: TableDescriptor, value?: unknown);
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value?: unknown): void;
    grow(delta: number, value?: unknown): number;
  }

  interface GlobalDescriptor {
    readonly value: ValueType;
    readonly mutable?: boolean;
  }

  class Global {
    constructor(descriptor: GlobalDescriptor, value?: unknown);
    value: unknown;
    valueOf(): unknown;
  }

  interface TagDescriptor {
    readonly parameters: readonly ValueType[];
  }

  class Tag {
    constructor(descriptor: TagDescriptor);
  }

  class Exception extends Error {
    constructor(tag: Tag, payload: readonly unknown[], options?: { readonly traceStack?: boolean });
    is(tag: Tag): boolean;
    getArg(tag: Tag, index: number): unknown;
  }

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  /** An import whose promise suspends the calling WebAssembly stack. */
  class Suspending {
    constructor(imported: (...values: never[]) => unknown);
  }

  /** An export that runs on a stack of its own and answers with a promise. */
  function promising(exported: unknown): (...values: unknown[]) => Promise<unknown>;

  interface InstantiatedSource {
    readonly module: Module;
    readonly instance: Instance;
  }

  function compile(bytes: NodeJS.BufferSource): Promise<Module>;
  function validate(bytes: NodeJS.BufferSource): boolean;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function instantiate(bytes: NodeJS.BufferSource, imports?: Imports): Promise<InstantiatedSource>;
}
