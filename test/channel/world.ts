// What the conformance suite of carriers needs of one: two sides of a link, something that drives the links on them,
// and a way to let things happen until something is true.
import type { Link } from "../../src/channel/index.ts";
import type { Carrier } from "../../src/machine/carrier.ts";

export interface Shape {
  readonly slots: number;
  readonly bulkBytes: number;
}

export interface World {
  readonly left: Carrier;
  readonly right: Carrier;
  /** Looks at a link whenever something may have come, from now on. */
  drive(link: Link): void;
  /** Lets things happen until the predicate holds; fails if that does not come about. */
  until(predicate: () => boolean): Promise<void>;
  /** Lets things happen until nobody has anything to do: both sides sleep. */
  untilQuiet(): Promise<void>;
  /** Ends the right side without a word, as the death of its core does. */
  loseRight(): void;
  close(): void;
}

export type MakeWorld = (shape: Shape) => World | Promise<World>;

export const usualShape: Shape = { slots: 8, bulkBytes: 4096 };

/** Runs a test body in a world of its own and takes the world down whatever happens. */
export async function inWorld(
  make: MakeWorld,
  body: (world: World) => Promise<void>,
  shape: Shape = usualShape,
): Promise<void> {
  const world = await make(shape);
  try {
    await body(world);
  } finally {
    world.close();
  }
}
