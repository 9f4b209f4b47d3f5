// A test of the code base itself: import direction, names the pure part may not use, headers, faces,
// empty names, links in the documents. It enforces the few rules of the house that a machine can
// judge; prints one line for each place that breaks one, and fails if there is any.
//
//   node tools/tidy.ts [root]
import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkBannedNames } from "./tidy/banned-names.ts";
import { checkLayers, type LayerTable } from "./tidy/layer-rules.ts";
import { checkFaces, checkHeaders, checkLinks, checkNames } from "./tidy/shape-rules.ts";
import type { Problem, SourceFile } from "./tidy/source-text.ts";

const sources = ["{src,sim,lab,bench,test,tools,examples,bin,sdk}/**/*.{ts,js}", "*.ts"];
const documents = ["docs/**/*.md", "{README,CHANGELOG}.md", "{examples,sdk}/**/*.md"];

function readFiles(root: string, patterns: readonly string[]): SourceFile[] {
  const exclude = ["**/node_modules/**", "dist/**"];
  const paths = globSync([...patterns], { cwd: root, exclude }).toSorted();
  return paths.map((path) => ({
    path: path.replaceAll("\\", "/"),
    text: readFileSync(join(root, path), "utf8"),
  }));
}

function check(root: string): Problem[] {
  // The shape of this file is what LayerTable says; a mistake in it shows as a problem at once.
  const table = JSON.parse(readFileSync(join(root, "tools/deps.json"), "utf8")) as LayerTable;
  const code = readFiles(root, sources);
  return [
    ...checkLayers(code, table),
    ...checkBannedNames(code, table),
    ...checkNames(code),
    ...checkHeaders(code),
    ...checkFaces(code),
    ...checkLinks(readFiles(root, documents), (path) => existsSync(join(root, path))),
  ];
}

const root = resolve(process.argv[2] ?? ".");
const problems = check(root);
for (const { path, line, message } of problems) console.log(`${path}:${line}: ${message}`);
console.log(problems.length === 0 ? "tidy" : `${problems.length} places are not tidy`);
process.exitCode = problems.length === 0 ? 0 : 1;
