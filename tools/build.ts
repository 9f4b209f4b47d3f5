// `npm run build`: the published form in dist/. One bundle, since loading a hundred small modules costs
// more than all else at start-up, and since in one scope V8 folds our constants; and the types.
//
// All entries lie in dist/ itself: the workers are found by a URL relative to whoever starts them.
import { spawnSync } from "node:child_process";
import { hash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Plugin, rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));

const entries = {
  cli: "src/cli/main.ts",
  "cli-system": "src/cli/system-main.ts",
  cell: "src/cli/durable/cell-main.ts",
  index: "src/boot/index.ts",
  "core-worker": "src/machine/node/core-worker.ts",
  "segment-writer-thread": "src/machine/node/segment-writer-thread.ts",
  "image-writer-thread": "src/boot/durable/image-writer-thread.ts",
  "rewrite-worker": "src/process/wasm/prepare/rewrite-worker.ts",
};

const stamped: ReadonlySet<string> = new Set(["cli.cjs", "cli-system.cjs"]);

/**
 * Node's own modules, taken by `process.getBuiltinModule`: an ESM import of one makes a facade that
 * reads every property of it, which for a handful of modules costs as much as starting Node.
 */
const builtins: Plugin = {
  name: "builtins",
  resolveId: (id) => (id.startsWith("node:") ? { id: `\0${id}` } : null),
  async load(id) {
    if (!id.startsWith("\0node:")) return null;
    const name = id.slice(1);
    const names = Object.keys((await import(name)) as object).filter((key) => key !== "default");
    const of =
      name === "node:process" ? "globalThis.process" : `process.getBuiltinModule("${name}")`;
    const lines = names.map((key) => `export const ${key} = builtin.${key};`);
    return `const builtin = ${of};\nexport default builtin;\n${lines.join("\n")}`;
  },
};

/** Commander needs it for commands that are programs of their own; we have none. */
const lazyChildProcess: Plugin = {
  name: "lazy-child-process",
  resolveId: (id) => (id === "node:child_process" ? { id: "\0lazy-child-process" } : null),
  load: (id) =>
    id === "\0lazy-child-process"
      ? 'export default { get spawn() { return process.getBuiltinModule("node:child_process").spawn; } };'
      : null,
};

/**
 * The command is built apart, so that it shares no file with others: each costs it a millisecond. And as
 * CommonJS: the loader of ES modules costs it ten.
 */
async function build(
  input: Readonly<Record<string, string>>,
  format: "cjs" | "esm",
): Promise<void> {
  const bundle = await rolldown({
    input: Object.fromEntries(
      Object.entries(input).map(([name, file]) => [name, `${root}${file}`]),
    ),
    platform: "node",
    // Large and seldom needed: loaded from node_modules when a program is to be rewritten, or a service is run.
    external: ["binaryen", "rolldown"],
    plugins: [lazyChildProcess, builtins],
    treeshake: { propertyReadSideEffects: false },
    optimization: { inlineConst: { mode: "all", pass: 2 } },
  });
  const { output } = await bundle.write({
    dir: `${root}dist`,
    format,
    entryFileNames: format === "cjs" ? "[name].cjs" : "[name].js",
    chunkFileNames: format === "cjs" ? "[name]-[hash].cjs" : "[name]-[hash].js",
    // The loader of the command (bin/compiled.js) has no way of its own to import.
    dynamicImportInCjs: false,
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
  });
  await bundle.close();
  for (const { fileName } of output) if (stamped.has(fileName)) stamp(`${root}dist/${fileName}`);
}

/** The first line of a bundle says which it is, for what keeps machine code of it (bin/compiled.js). */
function stamp(file: string): void {
  const text = readFileSync(file);
  writeFileSync(file, `// ${hash("sha256", text)}\n${text.toString()}`);
}

/** What runs in the realm of a service before the service does: read as text, and run in a context of its own. */
async function buildRealm(): Promise<void> {
  const bundle = await rolldown({
    input: `${root}src/service/realm/main.ts`,
    platform: "browser",
  });
  await bundle.write({
    file: `${root}dist/realm.js`,
    format: "iife",
    name: "shoalRealm",
    exports: "named",
  });
  await bundle.close();
}

rmSync(`${root}dist`, { recursive: true, force: true });
const { cli, "cli-system": cliSystem, cell, ...others } = entries;
await build({ cli }, "cjs");
await build({ "cli-system": cliSystem }, "cjs");
await build({ cell }, "cjs");
await build(others, "esm");
await buildRealm();

if (!process.argv.includes("--no-types")) {
  const tsc = spawnSync("tsc", ["-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  process.exitCode = tsc.status ?? 1;
}
