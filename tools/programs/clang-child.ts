// One run of the npm clang, in a process of its own so that its memory (over a gigabyte for a
// large file) goes back to the system at its end. Reads a CompileJob as JSON from standard input,
// leaves the module where the job says, and copies the compiler's messages to standard error.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { Exit, commands, type Tree } from "@yowasp/clang";

/** What clang is to do. Directories appear to it under the names given in `trees`. */
export interface CompileJob {
  readonly args: readonly string[];
  readonly trees: Readonly<Record<string, string>>;
  /** Where the module goes; `args` must not name an output. */
  readonly output: string;
}

/** What a C compiler may read. Sources carry test data by the megabyte that it never needs. */
const compilable = /\.(c|h|inc|def)$/;

function readTree(directory: string): Tree {
  const tree: Tree = {};
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) tree[name] = readTree(path);
    else if (compilable.test(name)) tree[name] = readFileSync(path);
  }
  return tree;
}

async function compile(job: CompileJob): Promise<void> {
  const files: Tree = {};
  for (const [name, directory] of Object.entries(job.trees)) files[name] = readTree(directory);
  const messages = (bytes: Uint8Array | null): void => {
    if (bytes !== null) process.stderr.write(bytes);
  };
  const args = [...job.args, "-o", "module.wasm"];
  const options = { stdout: messages, stderr: messages };
  const result = await commands.clang(args, files, options);
  const module = result?.["module.wasm"];
  if (!(module instanceof Uint8Array)) throw new Error("clang ended without a module");
  writeFileSync(job.output, module);
}

try {
  // The parent writes the job; its shape is checked by the compiler there.
  await compile((await json(process.stdin)) as CompileJob);
} catch (error) {
  // Exit carries the whole file tree; printing it would bury the compiler's messages.
  if (!(error instanceof Exit)) throw error;
  process.exitCode = 1;
}
