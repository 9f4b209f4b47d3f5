// `npm run programs -- compile`: a C program of one's own as a module, with the compiler from npm, so that
// nobody needs a clang to try something.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CommandFailure } from "./command.ts";
import { commonFlags, compile } from "./compile.ts";

export interface CompileRequest {
  readonly sources: readonly string[];
  /** Where the module goes; without it, beside the reader: the first source's name with `.wasm`. */
  readonly output?: string | undefined;
  /** More flags for clang, such as `-O0` or `-DNAME=VALUE`. */
  readonly flags: readonly string[];
}

const sdk = fileURLToPath(new URL("../../sdk/c", import.meta.url));

/** Without a C library: such a program begins at SHOAL_MAIN and imports nothing but `shoal`. */
const freestandingFlags = [
  "--target=wasm32",
  "-std=c11",
  "-O2",
  "-nostdlib",
  "-ffreestanding",
  "-Wl,--no-entry",
  "-Wl,--stack-first",
  "-Wl,-z,stack-size=1048576",
];

/** Compiles, and answers where the module is. */
export async function compileOwn(request: CompileRequest): Promise<string> {
  const sources = request.sources.map((path) => resolve(path));
  for (const path of sources) {
    if (!existsSync(path)) throw new CommandFailure(`there is no file ${path}`);
  }
  const output = resolve(request.output ?? defaultOutput(sources[0]!));
  const { files, trees } = placed(sources);
  const begun = sources.some(beginsAtShoalMain)
    ? freestandingFlags
    : commonFlags.filter((flag) => flag !== "-w");
  const included = Object.keys(trees).flatMap((name) => [
    `-I${name}`,
    // So that a trap names the file as its author does.
    `-ffile-prefix-map=${name}/=`,
  ]);
  await compile(files, [...begun, ...included, "-Wall", ...request.flags], trees, output);
  return output;
}

function defaultOutput(source: string): string {
  return `${basename(source, extname(source))}.wasm`;
}

/** The compiler sees no file system: it is given the directories of the sources, each under a name. */
function placed(sources: readonly string[]): {
  files: string[];
  trees: Record<string, string>;
} {
  const names = new Map<string, string>();
  const files = sources.map((path) => {
    const directory = dirname(path);
    const name = names.get(directory) ?? `source${names.size}`;
    names.set(directory, name);
    return `${name}/${basename(path)}`;
  });
  const trees = Object.fromEntries([...names].map(([directory, name]) => [name, directory]));
  return { files, trees: { ...trees, sdk } };
}

function beginsAtShoalMain(path: string): boolean {
  return /^\s*SHOAL_MAIN\s*\(/m.test(readFileSync(path, "utf8"));
}
