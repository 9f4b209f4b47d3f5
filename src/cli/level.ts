// What a program is prepared for, from the options of a run: as it is; able to have its stack taken out
// at any call; or at any time, since it also counts its fuel.

/** From the least to the most; each is able to do what those before it are. */
export const levels = ["none", "checkpoint", "preempt"] as const;
export type Level = (typeof levels)[number];

export interface LevelOptions {
  readonly level?: Level | undefined;
  readonly model: "process" | "interrupt";
  readonly fuelSlice?: number | undefined;
}

export interface Preparation {
  readonly fuel: boolean;
  readonly capture: "none" | "unwind";
}

/** The interrupt model takes stacks out whatever the level says; a slice of fuel asks for fuel. */
export function preparationOf({ level = "none", model, fuelSlice }: LevelOptions): Preparation {
  return {
    fuel: level === "preempt" || fuelSlice !== undefined,
    capture: level !== "none" || model === "interrupt" ? "unwind" : "none",
  };
}
