// Names of branches and operations, and lineages. A name says which core made it, and is never made again: a core that
// is started anew is another member, with another number. A lineage is the names of a branch's ancestors and its own,
// eldest first. It never changes, so every core can tell by itself what was derived from what, without a tree that
// anybody would have to keep: a branch whose lineage has a name in it was derived from that, whoever is still alive.

/** A member of the system: one core, from its start to its end. Never used again. */
export type Core = number;

/** Core times 2^24, plus how many names it had made. */
export type Name = number;

export type Lineage = readonly Name[];

const namesPerCore = 2 ** 24;

export function makeName(core: Core, count: number): Name {
  return core * namesPerCore + count;
}

/** The core that made a name. */
export function makerOf(name: Name): Core {
  return Math.floor(name / namesPerCore);
}

/** For people: the core and the count. */
export function showName(name: Name): string {
  return `${makerOf(name)}.${name % namesPerCore}`;
}

/** Whether something was derived through one of these names. */
export function descends(lineage: Lineage, roots: readonly Name[]): boolean {
  return lineage.some((name) => roots.includes(name));
}

/** In place of a core, for what hangs from the object itself: whoever owns it. */
export const theOwner: Core = -1;

/**
 * The core at which a branch hangs: the one that made its name, or if that is gone the nearest living one that made one
 * of its ancestors. An anchor is there. What has lost all of them, and the first branch, hangs from the object itself.
 */
export function elderOf(lineage: Lineage, members: readonly Core[]): Core {
  for (let at = lineage.length - 1; at > 0; at--) {
    const maker = makerOf(lineage[at]);
    if (members.includes(maker)) return maker;
  }
  return theOwner;
}
