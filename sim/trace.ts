// Lines of a trace: one per call, with what its capability names, and one per event, with what came
// of it. They are for people who look at a failing seed.
import { Kind, kindName, Next, Register, statusName, syscallName } from "../src/abi/index.ts";
import { slotRow } from "../src/kernel/capability.ts";
import { Capability, capabilityShift } from "../src/kernel/layout.ts";
import type { World } from "./world.ts";

function describeSlot(world: World, space: number, slot: number): string {
  const base = slotRow(world.k, space, slot) << capabilityShift;
  const header = world.k.capabilities[base];
  if (base === 0 || header === 0) return `${slot}`;
  const kind = kindName(header & 0xff);
  return `${slot}:${kind}${world.k.capabilities[base + Capability.object]}`;
}

export function describeCall(world: World): string {
  const { k } = world;
  const r = k.registers;
  const space = world.minds[k.current]?.space ?? 0;
  const call = syscallName(r[Register.call]) ?? `call ${r[Register.call]}`;
  const words = Array.from(r.subarray(Register.a1, Register.label)).join(" ");
  const times = `${r[Register.sendTimeout]}/${r[Register.receiveTimeout]} us`;
  const where = `thread ${k.current} of space ${space}, ${k.portalDepth} deep`;
  const slot = describeSlot(world, space, r[Register.a0]);
  return `${world.eventCount}: ${where}: ${call} ${slot} ${words}, w0 ${r[Register.w0]}, ${times}`;
}

const nextNames = new Map<number, string>(Object.entries(Next).map(([name, next]) => [next, name]));

export function describeEvent(world: World, next: Next): string {
  const { k } = world;
  const status = k.current === 0 ? "idle" : statusName(k.registers[Register.status]);
  const live = k.tables[Kind.thread].liveCount;
  return `${world.eventCount}: ${nextNames.get(next)}: thread ${k.current} runs (${status}), ${live} live`;
}
