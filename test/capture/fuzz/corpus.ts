// What is mutated: random modules, the hand-written ones of the rewriter's tests, and real programs
// where they have been built or come with packages. Small ones are drawn more often.
import { readFileSync, statSync } from "node:fs";
import { fixtures } from "../../rewrite/fixtures.ts";
import { isBuilt, programPath } from "../../../tools/programs/index.ts";
import { randomModule } from "../random-module/index.ts";

export interface Specimen {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const programs = ["minigzip", "figlet", "bzip2", "lua", "compute"] as const;

/** Beyond this one rewriting takes longer than a hundred of the others. */
const largestBytes = 300_000;
const randomModules = 60;

export function smallSpecimens(): Specimen[] {
  const random = Array.from({ length: randomModules }, (_, seed) => {
    return { name: `random module ${seed}`, bytes: randomModule(seed).bytes };
  });
  return [...random, ...fixtures.map(({ name, bytes }) => ({ name, bytes: bytes() }))];
}

export async function programSpecimens(): Promise<Specimen[]> {
  const specimens: Specimen[] = [];
  for (const name of programs) {
    if (!isBuilt(name)) continue;
    const path = await programPath(name);
    if (statSync(path).size > largestBytes) continue;
    // A copy, since slices of what is read from a file are views of it.
    specimens.push({ name, bytes: Uint8Array.from(readFileSync(path)) });
  }
  return specimens;
}
