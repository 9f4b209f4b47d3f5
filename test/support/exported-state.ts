// Everything a program or a checkpoint could see of a finished play: states of objects, capability
// tables, memories, what programs returned, counts of rows; with identities replaced by names.
import {
  Kind,
  kindName,
  type KindName,
  Register,
  stateLayouts,
  stateWord,
  Syscall,
  regionHandle,
} from "../../src/abi/index.ts";
import { isLive } from "../../src/base/index.ts";
import {
  Capability,
  capabilityShift,
  Header,
  shiftOf,
  Space,
  spaceShift,
} from "../../src/kernel/layout.ts";
import { classOf } from "../../src/kernel/object/object.ts";
import { verify } from "../../src/kernel/verify.ts";
import { newStateWriter } from "../../src/kernel/object/state.ts";
import type { Play } from "./play.ts";

export type Exported = Readonly<Record<string, unknown>>;

export function exportedState(play: Play): Exported {
  const k = play.bench.look();
  verify(k);
  const objects: Record<string, unknown> = {};
  for (const { name, kind, row } of play.objects) objects[name] = stateOfObject(play, kind, row);
  const actors: Record<string, unknown> = {};
  for (const actor of play.actors) {
    const state = play.isGone(actor) ? "gone" : stateOfObject(play, Kind.thread, actor.row);
    actors[actor.name] = { result: actor.result, isDone: actor.isDone, state };
  }
  return {
    nowNs: k.nowNs,
    actors,
    objects,
    capabilities: Object.fromEntries(
      play.spaces.map(({ name, row }) => [name, slotsOf(play, row)]),
    ),
    memories: memoriesOf(play),
    liveRows: play.bench.liveCounts(),
  };
}

function stateOfObject(play: Play, kind: number, row: number): unknown {
  const k = play.bench.k;
  if (!isLive(k.tables[kind]!, row)) return "gone";
  const name = kindName(kind) as KindName;
  const state = newStateWriter(name);
  classOf(kind).getState(k, row, state);
  const fields: Record<string, unknown> = {};
  for (const { name: field, words } of stateLayouts[name]) {
    const at = stateWord(name, field);
    fields[field] = words === 1 ? state.words[at] : Array.from(state.words.slice(at, at + words));
  }
  for (const { word, kind: referred, row: to } of state.references) {
    fields[`reference${word}`] = nameOf(play, referred, to);
  }
  if (kind === Kind.thread) maskRegisters(play, row, fields.registers as number[]);
  return fields;
}

const results: readonly number[] = [
  Register.call,
  Register.label,
  Register.w0,
  Register.w1,
  Register.w2,
  Register.w3,
  Register.w4,
  Register.w5,
  Register.badge,
  Register.status,
];
const waitingForReply: readonly number[] = [Register.call, Register.a2, Register.receiveTimeout];

/**
 * What a register means depends on the call: after one, results; in a wait for a reply, where to put
 * it and how long to wait. The others hold what happened to be there. Of a program that is over, only
 * what it says itself matters.
 */
function maskRegisters(play: Play, row: number, registers: number[]): void {
  const call = registers[Register.call];
  if (play.actorOf(row)?.isDone === true) registers[Register.status] = 0;
  if (call !== 0 && call !== Syscall.awaitReply) return;
  const meant = call === 0 ? results : waitingForReply;
  for (let i = 0; i < registers.length; i++) if (!meant.includes(i)) registers[i] = 0;
}

/** An object by the name that it has in the play, so that runs with other rows can be compared. */
function nameOf(play: Play, kind: number, row: number): string {
  if (kind === Kind.thread) return play.actorOf(row)?.name ?? "a thread";
  if (kind === Kind.reply) return "a reply";
  return play.objects.find((o) => o.kind === kind && o.row === row)?.name ?? kindName(kind);
}

function slotsOf(play: Play, space: number): string[] {
  const k = play.bench.k;
  const found: string[] = [];
  for (let page = 0; page < 64; page++) {
    const pageRow = k.spaces[(space << spaceShift) + Space.pages + page]!;
    if (pageRow === 0) continue;
    for (let slot = 0; slot < 256; slot++) {
      const row = pageRow * 256 + slot;
      if (k.capabilities[row << capabilityShift] === 0) continue;
      found.push(`${page * 256 + slot}: ${describeCapability(play, row)}`);
    }
  }
  return found;
}

function describeCapability(play: Play, row: number): string {
  const words = play.bench.k.capabilities;
  const base = row << capabilityShift;
  const kind = words[base + Capability.header]! & 0xff;
  const object = words[base + Capability.object]!;
  const table = play.bench.k.tables[kind]!.words;
  const generation = table[(object << shiftOf[kind]!) + Header.generation];
  const isStale = generation !== words[base + Capability.generation];
  const rights = (words[base + Capability.header]! >>> 8) & 0x7f;
  const name = isStale ? `a ${kindName(kind)} that is gone` : nameOf(play, kind, object);
  return `${name}, rights ${rights}, badge ${words[base + Capability.badge]}, parent ${words[base + Capability.parent]}`;
}

function memoriesOf(play: Play): Record<string, string> {
  const memories: Record<string, string> = {};
  for (const { name, row } of play.spaces) {
    if (!play.bench.memories.handles().includes(row)) continue;
    memories[name] = digest(play.bench.memories.bytes(row));
  }
  for (const { name, kind, row } of play.objects) {
    if (kind !== Kind.region || !play.bench.memories.handles().includes(regionHandle(row)))
      continue;
    memories[name] = digest(play.bench.memories.bytes(regionHandle(row)));
  }
  return memories;
}

/** A short text that differs where the bytes do: length, first difference from zero, and a hash. */
function digest(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${bytes.length} bytes, ${hash >>> 0}`;
}
