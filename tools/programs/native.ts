// The native build of each program, against which expected output is recorded. Only recording
// needs these; tests do not. Two programs have no package with a command and are built here.
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory, fingerprint, makeOnce } from "./cache.ts";
import { runCommand } from "./command.ts";
import { fetchSource } from "./debian.ts";
import { type ProgramName, recipes } from "./recipes.ts";
import { shimDirectory, shimText } from "./shim.ts";

export interface Native {
  readonly command: string;
  /** Package and version, for the record. */
  readonly origin: string;
}

export class NativeMissing extends Error {
  override name = "NativeMissing";
}

/** Debian package and path of the command. */
const packaged: Partial<Record<ProgramName, readonly [string, string]>> = {
  lua: ["lua5.4", "/usr/bin/lua5.4"],
  "lua-nosetjmp": ["lua5.4", "/usr/bin/lua5.4"],
  sqlite: ["sqlite3", "/usr/bin/sqlite3"],
  jq: ["jq", "/usr/bin/jq"],
  bzip2: ["bzip2", "/usr/bin/bzip2"],
  awk: ["original-awk", "/usr/bin/original-awk"],
  "awk-nosetjmp": ["original-awk", "/usr/bin/original-awk"],
  cmark: ["cmark", "/usr/bin/cmark"],
  figlet: ["figlet", "/usr/bin/figlet-figlet"],
  tinyscheme: ["tinyscheme", "/usr/bin/tinyscheme"],
};

/** The native command of a program, built if it has to be. */
export async function nativeOf(program: ProgramName): Promise<Native> {
  const found = packaged[program];
  if (found !== undefined) {
    const [name, command] = found;
    if (!existsSync(command)) {
      throw new NativeMissing(`${command} is not there; install Debian's ${name}`);
    }
    const version = await runCommand("dpkg-query", ["-W", "-f", "${Version}", name]);
    return { command, origin: `${name} ${version}` };
  }
  if (program === "minigzip") return nativeMinigzip();
  if (program === "compute") return nativeCompute();
  throw new NativeMissing(`${program} has no native build to compare with; expect "wasi"`);
}

async function nativeMinigzip(): Promise<Native> {
  const recipe = recipes.minigzip;
  if (recipe.kind !== "source" || recipe.source === undefined) throw new NativeMissing("minigzip");
  const { directory, debianVersion } = await fetchSource(recipe.source);
  const files = recipe.files.map((file) => file.replace("source/", ""));
  const command = await compileNatively("minigzip", directory, files, debianVersion);
  return { command, origin: `zlib ${debianVersion}, by cc` };
}

async function nativeCompute(): Promise<Native> {
  const command = await compileNatively(
    "compute",
    shimDirectory,
    ["compute.c"],
    shimText(["shim/compute.c"]),
  );
  return { command, origin: "compute.c, by cc" };
}

async function compileNatively(
  name: string,
  source: string,
  files: readonly string[],
  version: string,
): Promise<string> {
  const entry = join(cacheDirectory(), `native-${name}-${fingerprint([files, version])}`);
  await makeOnce(entry, async (draft) => {
    const work = await mkdtemp(join(tmpdir(), `shoal-native-${name}-`));
    try {
      const args = ["-O2", "-w", `-I${source}`, "-DHAVE_UNISTD_H", "-o", join(work, name)];
      const paths = files.map((file) => join(source, file));
      await runCommand("cc", [...args, ...paths], { ifMissing: "Install gcc." });
      await cp(join(work, name), join(draft, name));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return join(entry, name);
}
