// Looks at TypeScript text as far as tidy needs: where the comments and strings are, and what a file
// imports. TypeScript 7 has no compiler interface to ask, so this is a small scanner. It reads code
// that already passed the compiler, and so need not be right about text that would not.

/** A file of the project, its path relative to the root with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Problem {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export interface Import {
  readonly specifier: string;
  /** Nothing of it is there when the program runs. */
  readonly isTypeOnly: boolean;
  readonly line: number;
}

// A slash after one of these begins a regular expression; after anything else it divides.
const beforeRegex =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|delete|else))$/;

/** The text with every comment, string and regular expression blanked out, at the same offsets. */
export function codeOf(text: string): string {
  return scan(text, 0, false).code;
}

/** The number of the line in which an offset lies, counted from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

export function importsOf(file: SourceFile): Import[] {
  const code = codeOf(file.text);
  const statement = /\b(import|export)\b([^"'`;()]*?)(?:\bfrom\s*)?(["'])/g;
  const found: Import[] = [];
  for (const match of code.matchAll(statement)) {
    const [whole, keyword, clause] = match;
    if (keyword === "export" && !whole.includes("from")) continue;
    found.push(importAt(file, match.index, match.index + whole.length, clause));
  }
  for (const match of code.matchAll(/\bimport\s*\(\s*(["'])/g)) {
    found.push(importAt(file, match.index, match.index + match[0].length, ""));
  }
  return found;
}

function importAt(file: SourceFile, start: number, specifierAt: number, clause: string): Import {
  const quote = file.text[specifierAt - 1];
  const specifier = file.text.slice(specifierAt, file.text.indexOf(quote, specifierAt));
  return { specifier, isTypeOnly: hasOnlyTypes(clause), line: lineAt(file.text, start) };
}

function hasOnlyTypes(clause: string): boolean {
  if (/^\s*type\s+[{*\w]/.test(clause) && !/^\s*type\s+from\b/.test(clause)) return true;
  const names = /^\s*\{([^}]*)\}\s*$/.exec(clause)?.[1];
  const parts = names?.split(",").filter((part) => part.trim() !== "") ?? [];
  return parts.length > 0 && parts.every((part) => /^\s*type\s/.test(part));
}

interface Scanned {
  readonly code: string;
  readonly end: number;
}

/** Scans from `start` to the end, or, inside a template, to the brace that closes the expression. */
function scan(text: string, start: number, isInTemplate: boolean): Scanned {
  let code = "";
  let at = start;
  let depth = 0;
  while (at < text.length) {
    const blankUntil = endOfBlank(text, at, code);
    if (text[at] === "`") {
      const template = scanTemplate(text, at);
      code += template.code;
      at = template.end;
    } else if (blankUntil > at) {
      code += blank(text.slice(at, blankUntil));
      at = blankUntil;
    } else {
      if (text[at] === "{") depth++;
      if (text[at] === "}" && depth-- === 0 && isInTemplate) break;
      code += text[at++];
    }
  }
  return { code, end: at };
}

/** Where the comment, string or regular expression ends that begins here; `at` if none does. */
function endOfBlank(text: string, at: number, code: string): number {
  const first = text[at];
  const pair = text.slice(at, at + 2);
  if (pair === "//") return orEnd(text.indexOf("\n", at), text);
  if (pair === "/*") return orEnd(text.indexOf("*/", at + 2) + 2, text, 1);
  if (first === '"' || first === "'") return endOfQuoted(text, at, first);
  if (first === "/" && beforeRegex.test(code.slice(-20).trimEnd())) return endOfRegex(text, at);
  return at;
}

function orEnd(found: number, text: string, least = 0): number {
  return found > least || (found === 0 && least === 0) ? found : text.length;
}

function endOfQuoted(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote || text[at] === "\n") return at + 1;
  }
  return text.length;
}

function endOfRegex(text: string, start: number): number {
  let isInClass = false;
  for (let at = start + 1; at < text.length && text[at] !== "\n"; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "[") isInClass = true;
    else if (text[at] === "]") isInClass = false;
    else if (text[at] === "/" && !isInClass) return at + 1;
  }
  return start;
}

function scanTemplate(text: string, start: number): Scanned {
  let code = "`";
  let at = start + 1;
  while (at < text.length && text[at] !== "`") {
    if (text.startsWith("${", at)) {
      const inner = scan(text, at + 2, true);
      code += `\${${inner.code}}`;
      at = inner.end + 1;
    } else {
      const count = text[at] === "\\" ? 2 : 1;
      code += blank(text.slice(at, at + count));
      at += count;
    }
  }
  return { code: `${code}\``, end: at + 1 };
}

/** Spaces for everything but line ends and quotes, so that offsets, lines and shapes stay. */
function blank(text: string): string {
  const spaces = text.replaceAll(/[^\n]/g, " ");
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return spaces;
  return `${quote}${spaces.slice(1, -1)}${text.length > 1 ? quote : ""}`;
}
