// What the conformance suite of the machine port needs of an adapter: a machine, and a way to let
// things happen on it until something is true. Tests are written against this, so they say nothing
// about whether time is real.
import type { CoreEntry, Machine } from "../../src/machine/machine.ts";
import { coreEntries } from "./core-entries.ts";

export interface World {
  /** Core 0 of a new machine with three cores and an empty store. */
  readonly machine: Machine;
  /** Lets events happen until the predicate holds; fails if that does not come about. */
  readonly until: (predicate: () => boolean) => Promise<void>;
  /** Ends whatever the world began. */
  close(): void;
}

export type MakeWorld = () => World;

/** Runs a test body in a world of its own and takes the world down whatever happens. */
export async function inWorld(
  make: MakeWorld,
  body: (world: World) => Promise<void>,
): Promise<void> {
  const world = make();
  try {
    await body(world);
  } finally {
    world.machine.close();
    world.close();
  }
}

/** Names an entry of core-entries.ts in both of the ways that the port asks for. */
export function entryNamed(name: keyof typeof coreEntries): CoreEntry {
  const url = new URL("./core-entries.ts", import.meta.url).href;
  return { url, name, run: coreEntries[name] };
}
