// Rules about the shape of single files: what they are called, how they open, what a face may hold, and
// that what a document points at is there.
import { posix } from "node:path";
import { codeOf, lineAt, type Problem, type SourceFile } from "./source-text.ts";

const emptyNames = new Set(["utils", "util", "helpers", "helper", "common", "misc", "types"]);
/** Shorter than this, a comment says what kind of file it is and not what it is for. */
const headerLengthMin = 24;

export function checkNames(files: readonly SourceFile[]): Problem[] {
  const problems: Problem[] = [];
  for (const { path } of files) {
    const parts = path.split("/").map((part) => part.split(".")[0].toLowerCase());
    const bad = parts.find((part) => emptyNames.has(part));
    if (bad === undefined) continue;
    const message = `nothing is called ${bad}: a thing lives with its noun`;
    problems.push({ path, line: 1, message });
  }
  return problems;
}

export function checkHeaders(files: readonly SourceFile[]): Problem[] {
  return files
    .filter(
      ({ path, text }) => /\.(?:ts|js)$/.test(path) && headerOf(text).length < headerLengthMin,
    )
    .map(({ path }) => ({
      path,
      line: 1,
      message: "open the file with a comment: what it is, where it sits, what always holds",
    }));
}

/** The comment at the very top, without the marks. */
function headerOf(text: string): string {
  const body = text.replace(/^#!.*\n/, "").trimStart();
  const lines = /^(?:\/\/.*\n?)+/.exec(body)?.[0] ?? /^\/\*[^]*?\*\//.exec(body)?.[0] ?? "";
  return lines.replaceAll(/[/*\s]+/g, " ").trim();
}

export function checkFaces(files: readonly SourceFile[]): Problem[] {
  const faces = files.filter(({ path }) => path.startsWith("src/") && path.endsWith("/index.ts"));
  return faces.flatMap(({ path, text }) => {
    const reExport = /export\s+(?:type\s+)?\{[^}]*\}\s*from\s*"[^"]*"\s*;?/g;
    const rest = codeOf(text).replaceAll(reExport, (found) => found.replaceAll(/[^\n]/g, " "));
    const at = rest.search(/\S/);
    if (at < 0) return [];
    const message = 'a face has named re-exports only: `export { name } from "./file.ts"`';
    return [{ path, line: lineAt(text, at), message }];
  });
}

/** Checks the documents among the files; `exists` answers for a path from the root. */
export function checkLinks(
  files: readonly SourceFile[],
  exists: (path: string) => boolean,
): Problem[] {
  const problems: Problem[] = [];
  for (const { path, text } of files) {
    if (!path.endsWith(".md")) continue;
    const prose = withoutCode(text);
    for (const match of prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)/gm)) {
      const target = (match[1] ?? match[2]).split("#")[0];
      if (target === "" || /^[a-z][a-z+.-]*:/i.test(target)) continue;
      const resolved = target.startsWith("/")
        ? target.slice(1)
        : posix.join(posix.dirname(path), decodeURI(target));
      if (exists(resolved)) continue;
      const line = lineAt(text, match.index);
      problems.push({ path, line, message: `the link to ${target} leads nowhere` });
    }
  }
  return problems;
}

/** Blanks fenced blocks and code spans, in which brackets are not links. */
function withoutCode(text: string): string {
  const blank = (found: string): string => found.replaceAll(/[^\n]/g, " ");
  return text.replaceAll(/^(```|~~~)[^]*?^\1/gm, blank).replaceAll(/`[^`\n]*`/g, blank);
}
