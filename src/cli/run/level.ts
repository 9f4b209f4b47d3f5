// What a program is prepared for, from the options of a run: as it is; able to have its stack taken out
// at any call; or at any time, since it also counts its fuel.
import type { DurableLevel } from "../durable/durable.ts";

/** From the least to the most; each is able to do what those before it are. */
export const levels = ["none", "checkpoint", "preempt"] as const;
export type Level = (typeof levels)[number];

export interface LevelOptions {
  readonly level?: Level | undefined;
  readonly model: "process" | "interrupt";
  readonly fuelSlice?: number | undefined;
  readonly durable?: DurableLevel | undefined;
}

export interface Preparation {
  readonly fuel: boolean;
  readonly capture: "none" | "unwind";
}

/**
 * The interrupt model takes stacks out whatever the level says; a slice of fuel asks for fuel. A durable
 * program has its stack taken out for images, and is stopped in a loop that never ends: unless a level is
 * given it has all of that.
 */
export function preparationOf(options: LevelOptions): Preparation {
  const { model, fuelSlice, durable } = options;
  const { level = durable === undefined ? "none" : "preempt" } = options;
  const isCapturable = level !== "none" || model === "interrupt" || durable !== undefined;
  return {
    fuel: level === "preempt" || fuelSlice !== undefined,
    capture: isCapturable ? "unwind" : "none",
  };
}
