// Compiles and links one program with the npm clang, in a process of its own so that its memory
// (over a gigabyte for a large file) goes back to the system at its end. Reads a CompileJob as JSON
// from standard input, leaves the module where the job says, and copies the compiler's messages to
// standard error.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { Exit, commands, type Tree } from "@yowasp/clang";

/** What clang is to do. Directories appear to it under the names given in `trees`. */
export interface CompileJob {
  readonly files: readonly string[];
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
  readonly trees: Readonly<Record<string, string>>;
  /** Where the module goes. */
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

function messages(bytes: Uint8Array | null): void {
  if (bytes !== null) process.stderr.write(bytes);
}

/**
 * One object file, taken from the compiler's standard output: its own file system copies the whole
 * file at each of the many small writes, which on a large object takes longer than compiling.
 */
async function compileFile(file: string, flags: readonly string[], tree: Tree): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const stdout = (bytes: Uint8Array | null): void => {
    if (bytes !== null) parts.push(bytes.slice());
  };
  const args = [...flags, "-c", file, "-o", "-"];
  await commands.clang(args, tree, { stdout, stderr: messages });
  return Buffer.concat(parts);
}

async function build(job: CompileJob): Promise<void> {
  const files: Tree = {};
  for (const [name, directory] of Object.entries(job.trees)) files[name] = readTree(directory);
  const objects: Tree = {};
  for (const [index, file] of job.files.entries()) {
    objects[`${index}.o`] = await compileFile(file, job.compileFlags, files);
  }
  const args = [...Object.keys(objects), ...job.linkFlags, "-o", "module.wasm"];
  const result = await commands.clang(args, objects, { stdout: messages, stderr: messages });
  const module = result?.["module.wasm"];
  if (!(module instanceof Uint8Array)) throw new Error("clang ended without a module");
  writeFileSync(job.output, module);
}

try {
  // The parent writes the job; its shape is checked by the compiler there.
  await build((await json(process.stdin)) as CompileJob);
} catch (error) {
  // Exit carries the whole file tree; printing it would bury the compiler's messages.
  if (!(error instanceof Exit)) throw error;
  process.exitCode = 1;
}
