// The C programs whose debug sections are looked at, compiled in each way that changes what is in them.
import { readFileSync } from "node:fs";
import { compileHostedC } from "../../sdk/compile.ts";

export interface Build {
  readonly name: string;
  readonly path: () => Promise<string>;
}

const jumps = ["-mllvm", "-wasm-enable-sjlj", "-lsetjmp", "-mllvm"];

/** Each program, by its path from the root of the tree, with flags that change what is written down. */
const programs: readonly (readonly [path: string, ...flags: string[]])[] = [
  ["test/capture/debug/lines.c", "-O0", "-gdwarf-4"],
  ["test/capture/debug/lines.c", "-O0", "-gdwarf-5"],
  ["test/capture/debug/lines.c", "-O2", "-gdwarf-4"],
  ["test/capture/debug/lines.c", "-O2", "-gdwarf-5"],
  ["test/capture/debug/jumps.c", "-O2", "-gdwarf-4", ...jumps, "-wasm-use-legacy-eh=true"],
  ["test/capture/debug/jumps.c", "-O2", "-gdwarf-5", ...jumps, "-wasm-use-legacy-eh=false"],
  ["test/wasi/c/several.c", "-O2", "-gdwarf-4", "-gdwarf-aranges", "-fdebug-types-section"],
  ["test/wasi/c/several.c", "-O0", "-gdwarf-5", "-gdwarf-aranges", "-fdebug-types-section"],
];

export const builds: readonly Build[] = programs.map(([path, ...flags]) =>
  buildOf(path, ["-g", ...flags]),
);

/** The program that says where it breaks. */
export const breaking: readonly Build[] = builds.filter(({ name }) => name.startsWith("lines.c"));

function buildOf(path: string, flags: readonly string[]): Build {
  const shown = flags.filter((flag) => flag !== "-g" && flag !== "-mllvm" && flag !== "-lsetjmp");
  return {
    name: `${path.replace(/^.*\//, "")} ${shown.join(" ")}`,
    path: () => compileHostedC(path, ...flags),
  };
}

export async function bytesOf(build: Build): Promise<Uint8Array<ArrayBuffer>> {
  // A copy, since slices of what is read from a file are views of it.
  return Uint8Array.from(readFileSync(await build.path()));
}
