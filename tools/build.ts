// `npm run build`: the published form in dist/. One bundle, since loading a hundred small modules costs
// more than all else at start-up, and since in one scope V8 folds our constants; and the types.
//
// All entries lie in dist/ itself: the workers are found by a URL relative to whoever starts them.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));

const entries = {
  cli: "src/cli/main.ts",
  index: "src/boot/index.ts",
  "core-worker": "src/machine/node/core-worker.ts",
  "rewrite-worker": "src/process/wasm/prepare/rewrite-worker.ts",
};

rmSync(`${root}dist`, { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(
    Object.entries(entries).map(([name, file]) => [name, `${root}${file}`]),
  ),
  platform: "node",
  // Large and seldom needed: loaded from node_modules when a program is to be rewritten.
  external: ["binaryen"],
  optimization: { inlineConst: { mode: "all", pass: 2 } },
  onLog(level, log, handle) {
    if (log.code !== "EVAL") handle(level, log);
  },
});
await bundle.write({
  dir: `${root}dist`,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "[name]-[hash].js",
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
});
await bundle.close();

if (!process.argv.includes("--no-types")) {
  const tsc = spawnSync("tsc", ["-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  process.exitCode = tsc.status ?? 1;
}
