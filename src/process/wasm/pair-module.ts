// The module through which bytes go between two linear memories: it imports both, so that a copy is one
// instruction and a descriptor is read without a view.
//
//   copy(to, from, bytes)                        ranges are checked already
//   deliver(toDescriptor, fromDescriptor): i32   as `Memories.deliver`: checks all, then copies, or answers 0
//
// Nothing here traps: what is read was compared with the memory's size at this moment, and no memory
// shrinks. Addresses are below 2 GiB, so no sum of an address and a length wraps around.
import { copyStepBytes, Descriptor, descriptorBytes, messageBytesMax } from "../../abi/index.ts";
import { ByteWriter } from "./binary/index.ts";
import { copyAny, copyLocals, copyMessage } from "./message-copy.ts";
import {
  type Code,
  fromMemory,
  get,
  i32,
  inMemory,
  number,
  op,
  set,
  toMemory,
  two,
  when,
} from "./pair-code.ts";

/** Names in the import object and among the exports of the module. */
export const pairNames = {
  module: "shoal",
  from: "from",
  to: "to",
  copy: "copy",
  deliver: "deliver",
} as const;

const local = { to: 0, from: 1, room: 2, target: 3, bytes: 4, source: 5 } as const;
/** Locals behind those, in which `message-copy.ts` has the bytes. */
const firstFree = 6;

const functionType = 0x60;
const pageBits = 16;
/** Groups of locals: four words first. */
const locals: Code = [1 + copyLocals.length, 4, i32, ...copyLocals.flat()];

/** The bytes of the module. */
export function pairModule(): Uint8Array<ArrayBuffer> {
  const { module, from, to, copy, deliver } = pairNames;
  const out = new ByteWriter(512);
  out.raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  const types = [2, functionType, 3, i32, i32, i32, 0, functionType, 2, i32, i32, 1, i32];
  out.u8(1).sized(new ByteWriter().raw(types).view());
  const imports = new ByteWriter().u32(2);
  for (const name of [from, to]) imports.name(module).name(name).raw([0x02, 0x00, 0]);
  out.u8(2).sized(imports.view());
  out.u8(3).sized(new ByteWriter().raw([2, 0, 1]).view());
  const exports = new ByteWriter().u32(2);
  [copy, deliver].forEach((name, i) => exports.name(name).raw([0, i]));
  out.u8(7).sized(exports.view());
  const bodies = [[0, ...copyAny(get(0), get(1), get(2))], deliverBody()];
  const code = new ByteWriter().u32(bodies.length);
  for (const body of bodies) code.sized(Uint8Array.from([...body, op.end]));
  out.u8(10).sized(code.view());
  return out.finish();
}

function deliverBody(): Code {
  const { to, from, room, target, bytes, source } = local;
  const misplaced = two(op.and, two(op.or, get(to), get(from)), number(0x8000_0003));
  return [
    ...locals,
    ...refuseIf(two(op.or, misplaced, [...get(to), op.isZero])),
    ...refuseIf(isOutside(toMemory, get(to), number(descriptorBytes))),
    ...refuseIf(hasOthers(toMemory, get(to))),
    ...set(room, load(toMemory, get(to), Descriptor.directBytes)),
    ...set(target, load(toMemory, get(to), Descriptor.directAddress)),
    ...refuseIf(two(op.greaterUnsigned, get(room), number(messageBytesMax))),
    ...refuseIf(isHigh(target)),
    ...refuseIf(isOutside(toMemory, get(target), get(room))),
    ...when(get(from), [
      ...refuseIf(isOutside(fromMemory, get(from), number(descriptorBytes))),
      ...refuseIf(hasOthers(fromMemory, get(from))),
      ...set(bytes, load(fromMemory, get(from), Descriptor.directBytes)),
      ...set(source, load(fromMemory, get(from), Descriptor.directAddress)),
      ...refuseIf(two(op.greaterUnsigned, get(bytes), get(room))),
      ...refuseIf(two(op.greaterUnsigned, get(bytes), number(copyStepBytes))),
      ...refuseIf(isHigh(source)),
      ...refuseIf(isOutside(fromMemory, get(source), get(bytes))),
      ...copyMessage({ ...local, firstFree }),
    ]),
    // The bytes may lie over the descriptor, and the counts are what holds.
    ...[Descriptor.wordCount, Descriptor.indirectCount].flatMap(storeZero),
    ...[Descriptor.capabilityCount, Descriptor.regionCount].flatMap(storeZero),
    ...store(Descriptor.directBytes, get(bytes)),
    ...number(1),
  ];
}

/** Whether the bytes from an address below 2 GiB, at most 2 GiB minus a page of them, end past a memory. */
function isOutside(memory: number, address: Code, bytes: Code): Code {
  const end = two(op.add, two(op.add, address, bytes), number((1 << pageBits) - 1));
  const pages = two(op.shiftRightUnsigned, end, number(pageBits));
  return two(op.greaterUnsigned, pages, [op.memorySize, memory]);
}

/** Whether a descriptor says more than one direct string. */
function hasOthers(memory: number, descriptor: Code): Code {
  const count = (word: number): Code => load(memory, descriptor, word);
  return two(
    op.or,
    two(op.or, count(Descriptor.wordCount), count(Descriptor.indirectCount)),
    two(op.or, count(Descriptor.capabilityCount), count(Descriptor.regionCount)),
  );
}

/** Whether an address is 2 GiB or more: there it may be of the communication area. */
function isHigh(address: number): Code {
  return two(op.lessSigned, get(address), number(0));
}

function refuseIf(condition: Code): Code {
  return when(condition, [...number(0), op.return]);
}

/** A word of a descriptor. */
function load(memory: number, descriptor: Code, word: number): Code {
  return [...descriptor, op.load, ...inMemory(memory, 2, word * 4)];
}

function store(word: number, value: Code): Code {
  return [...get(local.to), ...value, op.store, ...inMemory(toMemory, 2, word * 4)];
}

function storeZero(word: number): Code {
  return store(word, number(0));
}
