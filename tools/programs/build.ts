// From a program's name to the path of its module: a lookup in node_modules or in the cache, and
// a build when the cache has nothing. Progress is told to a callback, never printed here.
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDirectory, fingerprint, makeOnce } from "./cache.ts";
import { commonFlags, compile, compilerVersion } from "./compile.ts";
import { fetchSource } from "./debian.ts";
import { generate } from "./generate.ts";
import { type NpmRecipe, type ProgramName, recipes, type SourceRecipe } from "./recipes.ts";
import { shimDirectory, shimText } from "./shim.ts";
import { yosysShare } from "./yosys-share.ts";

export type Progress = (line: string) => void;

export class ProgramMissing extends Error {
  override name = "ProgramMissing";
}

/** Where a program's module is, or will be once built. */
export function modulePath(name: ProgramName): string {
  const recipe = recipes[name];
  if (recipe.kind === "npm") return join(packageDirectory(recipe), recipe.module);
  return join(entryDirectory(name, recipe), `${name}.wasm`);
}

export function programVersion(name: ProgramName): string {
  const recipe = recipes[name];
  if (recipe.kind === "source") return recipe.source?.upstreamVersion ?? "1";
  const manifest = readFileSync(join(packageDirectory(recipe), "package.json"), "utf8");
  // The manifest of an npm package always has a version.
  return (JSON.parse(manifest) as { version: string }).version;
}

export function isBuilt(name: ProgramName): boolean {
  try {
    return existsSync(modulePath(name));
  } catch {
    return false; // its npm package is not installed
  }
}

/**
 * A file or directory that comes with a program, which is built if need be: see `assets` in
 * recipes.ts, and Yosys's "share".
 */
export async function assetPath(
  name: ProgramName,
  asset: string,
  progress: Progress,
): Promise<string> {
  if (name === "yosys" && asset === "share") return yosysShare(programVersion("yosys"));
  return join(dirname(await buildProgram(name, progress)), asset);
}

/** Makes sure a program is there and answers the path of its module. */
export async function buildProgram(name: ProgramName, progress: Progress): Promise<string> {
  const recipe = recipes[name];
  const path = modulePath(name);
  if (existsSync(path)) return path;
  if (recipe.kind === "npm") {
    throw new ProgramMissing(`${recipe.package} has no ${recipe.module}; run npm install again`);
  }
  const startMs = performance.now();
  await makeOnce(dirname(path), (draft) => buildInto(draft, name, recipe, progress));
  progress(`${name}: built in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
  return path;
}

async function buildInto(
  draft: string,
  name: ProgramName,
  recipe: SourceRecipe,
  progress: Progress,
): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), `shoal-${name}-`));
  try {
    const generated = join(work, "generated");
    await mkdir(generated);
    let source = shimDirectory;
    let origin = "our own source";
    if (recipe.source !== undefined) {
      progress(`${name}: source of ${recipe.source.package} ${recipe.source.upstreamVersion}`);
      const fetched = await fetchSource(recipe.source);
      source = fetched.directory;
      origin = `${recipe.source.package} ${fetched.debianVersion}`;
    }
    if (recipe.generate !== undefined) await generate[recipe.generate](source, generated);
    progress(`${name}: compiling ${recipe.files.length} files of ${origin}`);
    const flags = [...commonFlags, ...recipe.flags];
    const output = join(work, "module.wasm");
    const all = { source, generated, shim: shimDirectory };
    // A whole source tree is only read when something of it is compiled.
    const trees = Object.fromEntries(
      Object.entries(all).filter(([tree]) =>
        [...flags, ...recipe.files].some((word) => word.includes(`${tree}/`)),
      ),
    );
    await compile(recipe.files, flags, trees, output);
    await cp(output, join(draft, `${name}.wasm`));
    await copyAssets(recipe, source, draft);
    const about = { name, origin, compiler: `@yowasp/clang ${compilerVersion()}`, flags };
    await writeFile(join(draft, "about.json"), `${JSON.stringify(about, null, 2)}\n`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function copyAssets(recipe: SourceRecipe, source: string, draft: string): Promise<void> {
  for (const [asset, path] of Object.entries(recipe.assets ?? {})) {
    await cp(join(source, path), join(draft, asset), { recursive: true });
  }
}

function entryDirectory(name: ProgramName, recipe: SourceRecipe): string {
  const version = recipe.source?.upstreamVersion ?? "1";
  const words = [...recipe.files, ...recipe.flags];
  const key = fingerprint([recipe, commonFlags, compilerVersion(), shimText(words)]);
  return join(cacheDirectory(), `${name}-${version}-${key}`);
}

function packageDirectory(recipe: NpmRecipe): string {
  try {
    // Found from the package's entry point, since its manifest need not be exported.
    let directory = dirname(fileURLToPath(import.meta.resolve(recipe.package)));
    while (!existsSync(join(directory, "package.json"))) directory = dirname(directory);
    return directory;
  } catch {
    throw new ProgramMissing(`npm package ${recipe.package} is not installed; run npm install`);
  }
}
