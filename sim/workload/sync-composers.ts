// Composers of the calls on notifications, mutexes, conditions, futex queues and timers.
import { Kind, Register, type SyscallName } from "../../src/abi/index.ts";
import { Mutex, mutexShift } from "../../src/kernel/layout.ts";
import type { Mind } from "../mind.ts";
import { objectInSlot, slotOfKind, type World } from "../world.ts";
import type { Composer } from "./compose.ts";
import { mostly, timeout } from "./hostile.ts";

/** Words that threads wait on: a few, so that they meet. */
const futexWords = 3;

function named(kind: number, set?: Composer): Composer {
  return (world, mind) => {
    world.k.registers[Register.a0] = mostly(world, slotOfKind(world, mind.space, kind));
    world.k.registers[Register.receiveTimeout] = timeout(world, !mind.isSupervisor);
    set?.(world, mind);
  };
}

function composeBits(world: World): void {
  world.k.registers[Register.a1] = mostly(world, 1 << world.random.below(4));
}

function composeMask(world: World): void {
  world.k.registers[Register.a1] = world.random.below(16);
}

/** What a lock call answers once it is locked is for condition waits: others pass 0. */
function composeLock(world: World): void {
  world.k.registers[Register.a3] = 0;
}

/** A condition is waited for with a mutex that the thread holds, if one of a few tries finds it. */
function composeConditionWait(world: World, mind: Mind): void {
  const { k } = world;
  let slot = 0;
  for (let tries = 0; tries < 4; tries++) {
    slot = slotOfKind(world, mind.space, Kind.mutex);
    const row = objectInSlot(k, mind.space, slot, Kind.mutex);
    const owner = k.tables[Kind.mutex].words[(row << mutexShift) + Mutex.owner];
    if (row !== 0 && owner === k.current) break;
  }
  k.registers[Register.a1] = mostly(world, slot);
}

function composeFutex(world: World, _mind: Mind): void {
  const { random } = world;
  const { registers } = world.k;
  registers[Register.a1] = mostly(world, 0x40 + random.below(futexWords) * 4);
  registers[Register.a2] = random.below(3);
  registers[Register.a3] = mostly(world, 0x40 + random.below(futexWords) * 4);
  registers[Register.w0] = 0;
  registers[Register.w1] = random.below(3);
  registers[Register.w2] = 0;
}

/** The words waited on are zero: a thread that expects 0 waits. */
function composeFutexWait(world: World, mind: Mind): void {
  composeFutex(world, mind);
  world.k.registers[Register.a2] = world.random.chance(1, 6) ? 1 : 0;
}

function composeTimer(world: World, mind: Mind): void {
  const { random } = world;
  const { registers } = world.k;
  registers[Register.a1] = mostly(world, slotOfKind(world, mind.space, Kind.notification));
  registers[Register.a2] = mostly(world, 1 << random.below(4));
  registers[Register.w0] = mostly(world, random.below(30_000));
  registers[Register.w1] = random.chance(1, 2) ? 0 : mostly(world, random.below(4000));
}

export const syncComposers = {
  notificationSignal: named(Kind.notification, composeBits),
  notificationWait: named(Kind.notification, composeMask),
  notificationPoll: named(Kind.notification, composeMask),
  mutexLock: named(Kind.mutex, composeLock),
  mutexTryLock: named(Kind.mutex),
  mutexUnlock: named(Kind.mutex),
  conditionWait: named(Kind.condition, composeConditionWait),
  conditionSignal: named(Kind.condition),
  conditionBroadcast: named(Kind.condition),
  futexWait: named(Kind.futexQueue, composeFutexWait),
  futexWake: named(Kind.futexQueue, composeFutex),
  futexRequeue: named(Kind.futexQueue, composeFutex),
  timerSet: named(Kind.timer, composeTimer),
  timerCancel: named(Kind.timer),
} satisfies Partial<Record<SyscallName, Composer>>;
