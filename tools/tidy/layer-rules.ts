// Who may import whom. The layers of src/ are a table in tools/deps.json; a folder with an index.ts has
// a face, and whoever stands outside imports that and nothing behind it.
import { posix } from "node:path";
import { importsOf, type Import, type Problem, type SourceFile } from "./source-text.ts";

export interface LayerTable {
  /** For each folder of src/, the other folders it may import. */
  readonly layers: Readonly<Record<string, readonly string[]>>;
  /** Of those, the ones from which it may import types alone. */
  readonly typesOnly: Readonly<Record<string, readonly string[]>>;
  /** Files and folders of src/ that see no host: checked for banned names and packages. */
  readonly pure: readonly string[];
}

export function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

export function isPure(path: string, table: LayerTable): boolean {
  if (isTest(path)) return false;
  return table.pure.some((pure) => path === `src/${pure}` || path.startsWith(`src/${pure}/`));
}

/** Tests are exempt: a test of the kernel may well need the simulator. */
export function checkLayers(files: readonly SourceFile[], table: LayerTable): Problem[] {
  const faces = new Set(
    files
      .filter(({ path }) => path.startsWith("src/") && path.endsWith("/index.ts"))
      .map(({ path }) => posix.dirname(path)),
  );
  const problems: Problem[] = [];
  for (const file of files) {
    if (!file.path.startsWith("src/") || isTest(file.path)) continue;
    for (const imported of importsOf(file)) {
      const message = imported.specifier.startsWith(".")
        ? checkRelative(file.path, imported, table, faces)
        : checkPackage(file.path, imported, table);
      if (message !== undefined) problems.push({ path: file.path, line: imported.line, message });
    }
  }
  return problems;
}

function checkPackage(path: string, { specifier }: Import, table: LayerTable): string | undefined {
  if (!isPure(path, table)) return undefined;
  return `the pure part has no packages: ask for what ${specifier} gives through a port`;
}

function checkRelative(
  path: string,
  imported: Import,
  table: LayerTable,
  faces: ReadonlySet<string>,
): string | undefined {
  const target = posix.join(posix.dirname(path), imported.specifier);
  if (!target.startsWith("src/")) return `src/ may not import ${target}, which is not installed`;
  const [from, to] = [layerOf(path), layerOf(target)];
  if (from !== to) {
    const allowed = table.layers[from];
    if (allowed === undefined) return `src/${from} has no line in tools/deps.json`;
    if (!allowed.includes(to)) return `${from} may not import ${to}: see tools/deps.json`;
    if (table.typesOnly[from]?.includes(to) === true && !imported.isTypeOnly) {
      return `${from} may import only types from ${to}: write \`import type\``;
    }
  }
  return checkFace(path, target, faces);
}

function checkFace(path: string, target: string, faces: ReadonlySet<string>): string | undefined {
  for (const folder of foldersAbove(target)) {
    if (!faces.has(folder) || path.startsWith(`${folder}/`)) continue;
    // A port is the file named like its folder; importing it must not load the adapters beside it.
    const isPort = target === `${folder}/${posix.basename(folder)}.ts`;
    if (target === `${folder}/index.ts` || isPort) return undefined;
    return `import ${folder}/index.ts, the face of the folder, instead of ${target}`;
  }
  return undefined;
}

/** From the outermost inwards: the first closed door is the one to knock at. */
function foldersAbove(path: string): string[] {
  const parts = posix.dirname(path).split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function layerOf(path: string): string {
  return path.split("/")[1];
}
