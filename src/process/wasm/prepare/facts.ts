// What a loader and an adapter must know of a module before they make an instance: what it imports
// and exports with signatures, its memories, the globals that are part of its state. Plain data,
// read from the module's declarations alone, so that it costs no look at the code.
import { ReservedExport, ReservedImport, functionType, reservedModule } from "../binary/index.ts";
import type { Declarations, ExternalKind } from "../binary/index.ts";

export interface Signature {
  readonly parameters: readonly string[];
  readonly results: readonly string[];
}

export interface ImportFact {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternalKind;
  /** Only for functions. */
  readonly signature?: Signature;
}

export interface ExportFact {
  readonly name: string;
  readonly kind: ExternalKind;
  /** Index in its kind's index space, by which two exports of one thing are recognised. */
  readonly index: number;
  /** Only for functions. */
  readonly signature?: Signature;
}

export interface MemoryFact {
  readonly minPages: number;
  readonly maxPages?: number;
  readonly isShared: boolean;
  readonly is64: boolean;
  /** The import it comes from; absent for a memory of the module's own. */
  readonly importedAs?: { readonly module: string; readonly name: string };
  /** The first name it is exported under, if any. */
  readonly exportedAs?: string;
}

export interface MutableGlobalFact {
  readonly index: number;
  readonly type: string;
  readonly isImported: boolean;
  readonly exportedAs?: string;
}

export interface ModuleFacts {
  readonly imports: readonly ImportFact[];
  readonly exports: readonly ExportFact[];
  readonly memories: readonly MemoryFact[];
  readonly mutableGlobals: readonly MutableGlobalFact[];
  /** Instantiation runs code, or `startExport` must be called once after it. */
  readonly hasStart: boolean;
  /** The start function of a prepared module, to be called once and before anything else. */
  readonly startExport?: string;
  /** It has shared memory, or was prepared from code that waits or notifies. */
  readonly usesThreads: boolean;
  /** SHA-256 of the program as it was given, in hexadecimal. */
  readonly hash: string;
}

/** `hash` is called at most once, and only when somebody reads it: large files take time. */
export function collectFacts(declarations: Declarations, hash: () => string): ModuleFacts {
  const startExport = declarations.exports.find((one) => one.name === ReservedExport.start)?.name;
  let hashText: string | undefined;
  return {
    imports: declarations.imports.map(({ module, name, kind, index }) => ({
      module,
      name,
      kind,
      ...signatureOf(declarations, kind, index),
    })),
    exports: declarations.exports.map(({ name, kind, index }) => ({
      name,
      kind,
      index,
      ...signatureOf(declarations, kind, index),
    })),
    memories: memoryFacts(declarations),
    mutableGlobals: mutableGlobalFacts(declarations),
    hasStart: declarations.startFunction !== undefined || startExport !== undefined,
    ...(startExport === undefined ? {} : { startExport }),
    usesThreads: usesThreads(declarations),
    get hash() {
      return (hashText ??= hash());
    },
  };
}

function signatureOf(
  declarations: Declarations,
  kind: ExternalKind,
  index: number,
): { signature?: Signature } {
  const type = kind === "function" ? functionType(declarations, index) : undefined;
  if (type === undefined) return {};
  return {
    signature: {
      parameters: type.parameters.map((one) => one.name),
      results: type.results.map((one) => one.name),
    },
  };
}

function exportedAs(
  declarations: Declarations,
  kind: ExternalKind,
  index: number,
): { exportedAs?: string } {
  const found = declarations.exports.find((one) => one.kind === kind && one.index === index);
  return found === undefined ? {} : { exportedAs: found.name };
}

function memoryFacts(declarations: Declarations): MemoryFact[] {
  return declarations.memories.map((limits, index) => {
    const source = declarations.imports.find((one) => one.kind === "memory" && one.index === index);
    return {
      minPages: limits.minimum,
      ...(limits.maximum === undefined ? {} : { maxPages: limits.maximum }),
      isShared: limits.isShared,
      is64: limits.is64,
      ...(source === undefined ? {} : { importedAs: { module: source.module, name: source.name } }),
      ...exportedAs(declarations, "memory", index),
    };
  });
}

function mutableGlobalFacts(declarations: Declarations): MutableGlobalFact[] {
  const facts: MutableGlobalFact[] = [];
  declarations.globals.forEach(({ type, isMutable }, index) => {
    if (!isMutable) return;
    const isImported = index < declarations.importedCounts.global;
    const name = exportedAs(declarations, "global", index);
    facts.push({ index, type: type.name, isImported, ...name });
  });
  return facts;
}

function usesThreads(declarations: Declarations): boolean {
  if (declarations.memories.some((limits) => limits.isShared)) return true;
  return declarations.imports.some(
    ({ module, name }) => module === reservedModule && isWaitImport(name),
  );
}

function isWaitImport(name: string): boolean {
  return (
    name === ReservedImport.atomicWait32 ||
    name === ReservedImport.atomicWait64 ||
    name === ReservedImport.atomicNotify
  );
}
