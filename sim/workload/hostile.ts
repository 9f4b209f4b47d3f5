// Arguments that nobody honest would pass, and timeouts of every kind.
import { forever } from "../../src/abi/index.ts";
import type { World } from "../world.ts";

const nasty: readonly number[] = [
  0, 1, -1, 2, 3, -2, -7, 0x7fff_ffff, -0x8000_0000, 0x4000_0000, 0x4000_0001, 255, 256, 257, 16383,
  16384, 65536, 0x7fff_fffc, 0x1000, 0x2000_0000,
];

export function hostileWord(world: World): number {
  const { random } = world;
  return random.chance(1, 4) ? random.next() | 0 : nasty[random.below(nasty.length)];
}

/** An argument: mostly the one given, now and then a hostile one. */
export function mostly(world: World, value: number): number {
  return world.random.below(24) === 0 ? hostileWord(world) : value;
}

/** Microseconds to wait; a supervisor never waits for ever, so that something always goes on. */
export function timeout(world: World, isPatient: boolean): number {
  const { random } = world;
  const draw = random.below(100);
  if (draw < 12) return 0;
  if (draw < 45) return isPatient ? forever : 1 + random.below(2000);
  if (draw < 48) return -2 - random.below(9);
  if (draw < 52) return 1_000_000 + random.below(1_000_000_000);
  if (draw < 75) return 1 + random.below(20_000);
  return 1 + random.below(900);
}
