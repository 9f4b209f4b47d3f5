// What a capturable module has in addition to its own: where each thing is found by index. Everything
// is added behind what is there, so nothing the program says by number changes: not its functions,
// tables, globals or tags, nor its memories, of which none is added.
//
//   tag        the exception that takes stacks out, exported
//   tables     one with the functions that save values, filled by whoever captures; one with all
//              functions of the module, empty until continuations need it
//   functions  one for each kind of value to save; one that fills the table of functions; one for each
//              segment instruction, which a continuation cannot have itself
//   globals    one for each segment that is dropped: the image must know
import { Opcode, ReservedExport, type Declarations } from "../binary/index.ts";
import type { ExportDeclaration } from "../binary/index.ts";
import { type CodeScan, segmentKey, type SegmentUse } from "./code-scan.ts";
import { SaveKind } from "./frame-layout.ts";
import { TypeList } from "./type-list.ts";
import { Value, type ValueCode } from "./value-code.ts";

/** Parameters of the function that saves each kind of value, by kind. */
export const saveParameters: readonly (readonly ValueCode[])[] = [
  [Value.i32, Value.i32],
  [Value.i32],
  [Value.i32, Value.i32, Value.i32, Value.i32],
  [Value.i64],
  [Value.f32],
  [Value.f64],
  [Value.v128],
  [Value.funcref],
  [Value.externref],
  [Value.exnref],
];

/** Kinds that the table of saving functions has: an exception is taken apart inside the module. */
export const capturedKindCount = SaveKind.exception;

export interface SegmentHelper {
  readonly use: SegmentUse;
  readonly functionIndex: number;
  /** For a drop: the global that remembers it. */
  readonly droppedGlobal: number | undefined;
}

export interface Additions {
  readonly types: TypeList;
  readonly unwindTag: number;
  readonly captureTable: number;
  readonly functionTable: number;
  /** Index of the first saving function; the others follow in the order of their kinds. */
  readonly firstSave: number;
  readonly fillFunctions: number;
  readonly segments: ReadonlyMap<string, SegmentHelper>;
  /** The function that stands for each import whose address is taken; part of the source already. */
  readonly trampolines: ReadonlyMap<number, number>;
  readonly functionCount: number;
  /** Index of the passive segment with all functions. */
  readonly elementSegment: number;
  readonly exports: readonly ExportDeclaration[];
}

export interface AdditionFacts {
  readonly declarations: Declarations;
  readonly scan: CodeScan;
  readonly trampolines: ReadonlyMap<number, number>;
  readonly elementSegmentCount: number;
}

export function planAdditions(facts: AdditionFacts): Additions {
  const { declarations, scan, trampolines } = facts;
  const firstSave = declarations.functions.length;
  const fillFunctions = firstSave + saveParameters.length;
  const segments = planSegments(scan, fillFunctions + 1, declarations.globals.length);
  const indices = {
    unwindTag: declarations.tags.length,
    captureTable: declarations.tables.length,
    functionTable: declarations.tables.length + 1,
    fillFunctions,
  };
  return {
    ...indices,
    types: new TypeList(declarations.types.length),
    firstSave,
    segments,
    trampolines,
    functionCount: fillFunctions + 1 + segments.size,
    elementSegment: facts.elementSegmentCount,
    exports: [
      { name: ReservedExport.unwindTag, kind: "tag", index: indices.unwindTag },
      { name: ReservedExport.captureTable, kind: "table", index: indices.captureTable },
      { name: ReservedExport.functionTable, kind: "table", index: indices.functionTable },
      { name: ReservedExport.fillFunctions, kind: "function", index: fillFunctions },
      ...droppedExports(segments),
    ],
  };
}

export function isDrop(opcode: number): boolean {
  return opcode === Opcode.dataDrop || opcode === Opcode.elementDrop;
}

function planSegments(
  scan: CodeScan,
  firstFunction: number,
  firstGlobal: number,
): Map<string, SegmentHelper> {
  const helpers = new Map<string, SegmentHelper>();
  let nextGlobal = firstGlobal;
  for (const use of scan.segmentUses.values()) {
    helpers.set(segmentKey(use), {
      use,
      functionIndex: firstFunction + helpers.size,
      droppedGlobal: isDrop(use.opcode) ? nextGlobal++ : undefined,
    });
  }
  return helpers;
}

function droppedExports(segments: ReadonlyMap<string, SegmentHelper>): ExportDeclaration[] {
  return [...segments.values()].flatMap(({ droppedGlobal }) =>
    droppedGlobal === undefined
      ? []
      : [
          {
            name: `${ReservedExport.globalPrefix}${droppedGlobal}`,
            kind: "global" as const,
            index: droppedGlobal,
          },
        ],
  );
}
