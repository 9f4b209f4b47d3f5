// Compiles and links one C program with the npm clang, in a process of its own so that the compiler's
// memory goes back to the system. Reads a `ClangJob` as JSON from standard input and leaves the module
// where the job says; the compiler's messages go to standard error.
import { writeFileSync } from "node:fs";
import { json } from "node:stream/consumers";
import { commands, Exit } from "@yowasp/clang";

export interface ClangJob {
  readonly args: readonly string[];
  /** Source text by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** Where the module goes. */
  readonly output: string;
}

const moduleName = "program.wasm";

async function build({ args, files }: Omit<ClangJob, "output">): Promise<Uint8Array> {
  const toStderr = (bytes: Uint8Array | null): void => {
    if (bytes !== null) process.stderr.write(bytes);
  };
  const command = [...args, "-o", moduleName];
  const made = await commands.clang(command, { ...files }, { stdout: toStderr, stderr: toStderr });
  const module = made?.[moduleName];
  if (!(module instanceof Uint8Array)) throw new Error("clang ended without a module");
  return module;
}

try {
  // The parent writes the job; its shape is checked by the compiler there.
  const { output, ...job } = (await json(process.stdin)) as ClangJob;
  writeFileSync(output, await build(job));
} catch (error) {
  // Exit carries the whole file tree; printing it would bury the compiler's messages.
  if (!(error instanceof Exit)) throw error;
  process.exitCode = 1;
}
