// What is mutated: random modules, the hand-written ones of the rewriter's tests, and real programs
// where they have been built or come with packages. Small ones are drawn more often. And small programs that
// are mostly debug sections, in each way of writing them.
import { readFileSync, statSync } from "node:fs";
import { fixtures } from "../../rewrite/fixtures.ts";
import { compileC } from "../../sdk/compile.ts";
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

const debugFlags: readonly (readonly string[])[] = [
  ["-O0", "-gdwarf-4", "-gdwarf-aranges"],
  ["-O2", "-gdwarf-4", "-fdebug-types-section"],
  ["-O0", "-gdwarf-5", "-fdebug-types-section"],
  ["-O2", "-gdwarf-5", "-gdwarf-aranges"],
];

export async function debugSpecimens(): Promise<Specimen[]> {
  return Promise.all(
    debugFlags.map(async (flags) => {
      const bytes = await compileC("test/capture/fuzz/places.c", "-g", ...flags);
      return { name: `places.c ${flags.join(" ")}`, bytes: Uint8Array.from(bytes) };
    }),
  );
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
