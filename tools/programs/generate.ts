// What programs' own build systems make before a compiler is run: grammars, tables, an
// amalgamation, configuration headers. Each step writes into the directory that the compiler sees
// as generated/. Native tools (bison, make, a C compiler, tclsh) are used where the source does.
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./command.ts";

export type GenerateStep = "lua" | "sqlite" | "jq" | "awk" | "cmark";

type Generate = (source: string, output: string) => Promise<void>;

export const generate: Readonly<Record<GenerateStep, Generate>> = {
  lua: generateLua,
  sqlite: generateSqlite,
  jq: generateJq,
  awk: generateAwk,
  cmark: generateCmark,
};

/** Debian's Lua asks for a header that names the architecture, to find modules under /usr/lib. */
async function generateLua(_source: string, output: string): Promise<void> {
  const text = '#define DEB_HOST_MULTIARCH "wasm32-wasi"\n';
  await writeFile(join(output, "lua5.4-deb-multiarch.h"), text);
}

/** SQLite's makefile joins its sources into sqlite3.c and shell.c with tclsh and lemon. */
async function generateSqlite(source: string, output: string): Promise<void> {
  // In a copy, because the generated parser is made in the source's own directory.
  const copy = await mkdtemp(join(tmpdir(), "shoal-sqlite-source-"));
  try {
    await makeAmalgamation(source, copy, output);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function makeAmalgamation(source: string, copy: string, output: string): Promise<void> {
  await cp(source, copy, { recursive: true });
  const ifMissing = "Install gcc, make and tcl.";
  const options = { cwd: copy, ifMissing };
  await runCommand("sh", ["configure", "--disable-tcl", "--disable-readline"], options);
  await runCommand("make", ["sqlite3.c", "shell.c"], options);
  for (const name of ["sqlite3.c", "sqlite3.h", "shell.c"]) {
    await copyFile(join(copy, name), join(output, name));
  }
}

/** Functions in jq's table of C mathematics that a WASI libc does not have. */
const absentMath = new Set(["drem", "gamma", "gamma_r", "lgamma_r", "pow10", "significand"]);

async function generateJq(source: string, output: string): Promise<void> {
  const builtin = await readFile(join(source, "src/builtin.jq"), "utf8");
  const lines = builtin.replace(/\n$/, "").split("\n");
  const quoted = lines.map((line) => `${JSON.stringify(`${line}\n`)}\n`).join("");
  await mkdir(join(output, "src"));
  await writeFile(join(output, "src/builtin.inc"), quoted);
  await writeFile(join(output, "src/version.h"), '#define JQ_VERSION "1.6"\n');
  const table = await readFile(join(source, "src/libm.h"), "utf8");
  const math = [...table.matchAll(/HAVE_([A-Z0-9_]+)/g)].map((match) => match[1]);
  const present = math.filter((name) => name && !absentMath.has(name.toLowerCase()));
  const rest = "ALLOCA_H FREXP MODF TIMEGM STRPTIME GMTIME_R LOCALTIME_R STRFTIME GETTIMEOFDAY";
  const names = new Set([...present, ...rest.split(" "), "TM_TM_GMT_OFF", "MKTIME", "GMTIME"]);
  const header = [...names].map((name) => `#define HAVE_${name} 1\n`).join("");
  await writeFile(join(output, "jq-config.h"), `${header}#define IEEE_8087 1\n`);
}

async function generateAwk(source: string, output: string): Promise<void> {
  const grammar = join(source, "awkgram.y");
  await runCommand("bison", ["-d", "-o", "awkgram.tab.c", grammar], {
    cwd: output,
    ifMissing: "Install bison.",
  });
  const tableMaker = join(output, "maketab");
  const args = ["-w", `-I${source}`, `-I${output}`, "-o", tableMaker, join(source, "maketab.c")];
  await runCommand("cc", args, { ifMissing: "Install gcc." });
  const table = await runCommand(tableMaker, ["awkgram.tab.h"], { cwd: output });
  await writeFile(join(output, "proctab.c"), table);
}

async function generateCmark(source: string, output: string): Promise<void> {
  const read = (name: string): Promise<string> => readFile(join(source, "src", name), "utf8");
  const config = (await read("config.h.in")).replace(/^#cmakedefine (\w+)$/gm, "#define $1 1");
  await writeFile(join(output, "config.h"), config);
  const version = (await read("cmark_version.h.in"))
    .replaceAll("@PROJECT_VERSION_MAJOR@", "0")
    .replaceAll("@PROJECT_VERSION_MINOR@", "30")
    .replaceAll("@PROJECT_VERSION_PATCH@", "2");
  await writeFile(join(output, "cmark_version.h"), version);
  // What cmake's GenerateExportHeader would write for a static library: nothing is marked.
  const exports = "#define CMARK_EXPORT\n#define CMARK_NO_EXPORT\n";
  await writeFile(join(output, "cmark_export.h"), exports);
}
