// Planted defects in the calls on objects, capabilities, endpoint sets and memory.
import { Kind, Register, Status, ThreadState } from "../../src/abi/index.ts";
import { findObject, slotRow } from "../../src/kernel/capability.ts";
import {
  Capability,
  capabilityShift,
  EndpointSet,
  endpointSetShift,
  Space,
  spaceShift,
  Thread,
} from "../../src/kernel/layout.ts";
import { finish } from "../../src/kernel/waiting.ts";
import { type Defect, inCall, named, spaceOf, wentWell, word } from "./plant.ts";

export const objectDefects: readonly Defect[] = [
  inCall("objectCreate", "an object is not charged to its space", (k, right) => {
    const thread = k.current;
    const own = spaceOf(k, thread);
    const next = right(k);
    if (wentWell(k, thread)) k.spaces[(own << spaceShift) + Space.objectCount]--;
    return next;
  }),
  inCall("objectDestroy", "the mutexes of a thread that is destroyed stay locked", (k, right) => {
    const thread = named(k, Kind.thread);
    if (thread !== 0) k.threads[word(thread, Thread.firstHeld)] = 0;
    return right(k);
  }),
  inCall("regionWrite", "the last byte of a copy is left out", (k, right) => {
    if (k.registers[Register.a3] > 1) k.registers[Register.a3]--;
    return right(k);
  }),
  inCall("objectIdentify", "an object is taken for another kind", (k, right) => {
    const thread = k.current;
    const next = right(k);
    if (wentWell(k, thread)) k.registers[Register.w0]++;
    return next;
  }),
  inCall("objectSetState", "a thread's state is set while it waits", (k, right) => {
    const thread = named(k, Kind.thread);
    if (thread === 0 || thread === k.current) return right(k);
    const state = k.threads[word(thread, Thread.state)];
    if (state !== ThreadState.awaitingReply) return right(k);
    k.threads[word(thread, Thread.state)] = ThreadState.stopped;
    const next = right(k);
    k.threads[word(thread, Thread.state)] = state;
    return next;
  }),
  inCall("capabilityMint", "a capability gets rights that its parent has not", (k, right) => {
    const thread = k.current;
    const slot = k.registers[Register.a1];
    const next = right(k);
    const row = slotRow(k, spaceOf(k, thread), slot);
    if (wentWell(k, thread)) k.capabilities[row << capabilityShift] |= 0x7f00;
    return next;
  }),
  inCall("capabilityMove", "the children of a capability that moves stay behind", (k, right) => {
    const thread = k.current;
    const from = slotRow(k, spaceOf(k, thread), k.registers[Register.a0]);
    const slot = k.registers[Register.a1];
    const next = right(k);
    const to = slotRow(k, spaceOf(k, thread), slot) << capabilityShift;
    if (!wentWell(k, thread)) return next;
    const child = k.capabilities[to + Capability.firstChild] << capabilityShift;
    if (child !== 0) k.capabilities[child + Capability.parent] = from;
    return next;
  }),
  inCall("capabilityDelete", "a slot that is empty is still counted", (k, right) => {
    const thread = k.current;
    const next = right(k);
    if (wentWell(k, thread)) k.spaces[(spaceOf(k, thread) << spaceShift) + Space.slotCount]++;
    return next;
  }),
  inCall("capabilityRevoke", "a revoke revokes nothing", (k, right) => {
    return findObject(k, k.registers[Register.a0], Kind.none, 8) === 0
      ? right(k)
      : finish(k, Status.ok);
  }),
  inCall("setAdd", "a member of a set is not counted", (k, right) => {
    const set = named(k, Kind.endpointSet);
    const thread = k.current;
    const next = right(k);
    const words = k.tables[Kind.endpointSet].words;
    if (wentWell(k, thread)) words[(set << endpointSetShift) + EndpointSet.memberCount]--;
    return next;
  }),
  inCall("clockRead", "the clock is a microsecond late", (k, right) => {
    const next = right(k);
    k.registers[Register.w0] -= 1000;
    return next;
  }),
];
