// A random module from a seed: its sections, around the bodies that the files beside this one write.
//
// It exports "main", which takes nothing; every function, so that references can be told apart; its
// memory and tables; and "dump", which writes the changing globals to memory, with every bit.
import { Random } from "../../../src/base/index.ts";
import { ByteWriter } from "../../../src/process/wasm/binary/index.ts";
import { Value, type ValueCode, writeValueCode } from "../../../src/process/wasm/rewrite/index.ts";
import { Body, type Grammar } from "./body.ts";
import { burnFuel } from "./constructs.ts";
import { Features } from "./features.ts";
import { constant } from "./leaves.ts";
import {
  dataBytes,
  entryFunction,
  externTableSize,
  hostFunctions,
  type ModulePlan,
  planModule,
  tableSize,
  typeIndex,
} from "./module-plan.ts";
import { statements } from "./statements.ts";
import { value, values } from "./values.ts";

const grammar: Grammar = { value, values, statements };

export interface RandomModule {
  readonly seed: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly features: Features;
}

export function randomModule(seed: number): RandomModule {
  const features = new Features();
  const plan = planModule(new Random(seed, "module"), features);
  const bodies = plan.functions.slice(entryFunction).map((type) => {
    const body = new Body(grammar, plan, type, plan.random.between(10, 60));
    burnFuel(body);
    body.statements(plan.random.between(1, 6));
    body.values(type.results);
    return body.finish();
  });
  bodies.push(dumpBody(plan));
  return { seed, bytes: assemble(plan, bodies), features };
}

const dumpAddress = 0xfe00;
const stores: Readonly<Record<number, readonly number[]>> = {
  [Value.i32]: [0x36],
  [Value.i64]: [0x37],
  [Value.f32]: [0x38],
  [Value.f64]: [0x39],
  [Value.v128]: [0xfd, 11],
};

/** Numbers go to memory; references to the ends of the tables, where the host looks at them. */
function dumpBody(plan: ModulePlan): Uint8Array {
  const body = new Body(grammar, plan, { parameters: [], results: [] }, 0);
  plan.globals.forEach((type, index) => {
    const store = stores[type];
    if (store === undefined) {
      body
        .op(0x23, index)
        .i32(1)
        .prefixed(0xfc, 15, type === Value.funcref ? 0 : 1)
        .op(0x1a);
      return;
    }
    body.i32(dumpAddress + index * 16).op(0x23, index);
    body.out.raw(store).u32(0).u32(0);
  });
  return body.finish();
}

function assemble(plan: ModulePlan, bodies: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const { functions } = plan;
  const own = functions.slice(entryFunction);
  const dumpType = typeIndex(plan, [], []);
  const imports = hostFunctions.map((type) => {
    return new ByteWriter(64).name("host").name(type.name).u8(0).u32(indexOf(plan, type));
  });
  const functionTypes = [...own.map((type) => indexOf(plan, type)), dumpType];
  const tags = plan.tags.map((types) => new ByteWriter(8).u8(0).u32(typeIndex(plan, types, [])));
  const sections: [id: number, items: readonly ByteWriter[]][] = [
    [2, imports],
    [3, functionTypes.map((type) => new ByteWriter(8).u32(type))],
    [4, tables()],
    [5, [new ByteWriter(8).u8(1).u32(1).u32(4)]],
    [13, tags],
    [6, plan.globals.map((type, index) => globalEntry(plan, type, index))],
    [7, exportEntries(plan)],
    [9, elementEntries(plan)],
    [12, []],
    [10, bodies.map((body) => new ByteWriter(body.length + 8).sized(body))],
    [11, [dataEntry(plan)]],
  ];
  const types = plan.types.map(({ parameters, results }) => {
    return writeTypes(writeTypes(new ByteWriter(32).u8(0x60), parameters), results);
  });
  const out = new ByteWriter(8192).raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  writeSection(out, 1, types);
  for (const [id, items] of sections) {
    if (id === 12) out.u8(12).sized(Uint8Array.of(1));
    else if (items.length > 0) writeSection(out, id, items);
  }
  return out.finish();
}

function indexOf(plan: ModulePlan, type: ModulePlan["functions"][number]): number {
  return typeIndex(plan, type.parameters, type.results);
}

function writeSection(out: ByteWriter, id: number, items: readonly ByteWriter[]): void {
  const section = new ByteWriter(1024).u32(items.length);
  for (const item of items) section.raw(item.view());
  out.u8(id).sized(section.view());
}

function writeTypes(out: ByteWriter, types: readonly ValueCode[]): ByteWriter {
  out.u32(types.length);
  for (const type of types) writeValueCode(out, type);
  return out;
}

function tables(): ByteWriter[] {
  return [
    new ByteWriter(8).u8(Value.funcref).u8(0).u32(tableSize),
    new ByteWriter(8).u8(Value.externref).u8(1).u32(externTableSize).u32(40),
  ];
}

function globalEntry(plan: ModulePlan, type: ValueCode, index: number): ByteWriter {
  const body = new Body(grammar, plan, { parameters: [], results: [] }, 0);
  if (index === plan.fuelGlobal) body.i32(plan.fuel);
  else constant(body, type);
  const out = new ByteWriter(32);
  writeValueCode(out, type);
  return out.u8(1).raw(body.out.view()).u8(0x0b);
}

function exportEntries({ functions }: ModulePlan): ByteWriter[] {
  const entry = (name: string, kind: number, index: number): ByteWriter => {
    return new ByteWriter(32).name(name).u8(kind).u32(index);
  };
  const own = functions.keys().filter((index) => index >= entryFunction);
  return [
    ...own.map((index) => entry(`function ${index}`, 0, index)),
    entry("main", 0, entryFunction),
    entry("dump", 0, functions.length),
    entry("functions", 1, 0),
    entry("externs", 1, 1),
    entry("memory", 2, 0),
  ];
}

/** What the table has at first; a passive segment; and a declaration of all functions. */
function elementEntries({ functions, tableFunctions, random }: ModulePlan): ByteWriter[] {
  const active = new ByteWriter(64).u8(0).u8(0x41).s32(0).u8(0x0b);
  const passive = new ByteWriter(16).u8(1).u8(0);
  const declared = new ByteWriter(64).u8(3).u8(0);
  const drawn = Array.from({ length: 3 }, () => random.below(functions.length));
  const lists = [tableFunctions, drawn, [...functions.keys()]];
  return [active, passive, declared].map((out, at) => {
    out.u32(lists[at].length);
    for (const index of lists[at]) out.u32(index);
    return out;
  });
}

function dataEntry({ random }: ModulePlan): ByteWriter {
  const bytes = new Uint8Array(dataBytes);
  random.fill(bytes);
  return new ByteWriter(dataBytes + 8).u8(1).sized(bytes);
}
