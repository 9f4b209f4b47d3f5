// The peer @bjorn3/browser_wasi_shim: runs one program in this process and prints how long it took.
// Its files live in memory. They are read before the clock starts and written back after it stops,
// which flatters this peer where a program does much input and output.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  ConsoleStdout,
  Directory,
  File,
  type Inode,
  OpenFile,
  PreopenDirectory,
  WASI,
  wasi,
} from "@bjorn3/browser_wasi_shim";
import { engine } from "../floor/engine.ts";
import { answerSpec, nowMs, openDescriptors, type RunSpec, type RunTimes } from "./run-spec.ts";

async function run(spec: RunSpec): Promise<RunTimes> {
  const bytes = readFileSync(spec.modulePath);
  const stdin = spec.stdinPath === undefined ? new Uint8Array() : readFileSync(spec.stdinPath);
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  const trees = Object.entries(spec.directories).map(
    ([guest, host]) => [host, new PreopenDirectory(guest, readTree(host))] as const,
  );
  const descriptors = [
    new OpenFile(new File(stdin, { readonly: true })),
    new PlainOutput((buffer) => void stdout.push(buffer)),
    new PlainOutput((buffer) => void stderr.push(buffer)),
    ...trees.map(([, tree]) => tree),
  ];
  const environment = Object.entries(spec.env).map(([name, value]) => `${name}=${value}`);
  // Without the option the shim logs every call, which would be unfair to it.
  const host = new WASI([...spec.args], environment, descriptors, { debug: false });
  const times = runShim(host, bytes);
  for (const [directory, tree] of trees) writeTree(directory, tree.dir.contents);
  const files = openDescriptors(spec);
  for (const piece of stdout) writeSync(files.stdout, piece);
  for (const piece of stderr) writeSync(files.stderr, piece);
  return times;
}

/** Output to a file, as the other hosts have it; to the shim's own console bzip2 writes nothing. */
class PlainOutput extends ConsoleStdout {
  override fd_fdstat_get(): ReturnType<ConsoleStdout["fd_fdstat_get"]> {
    const fdstat = new wasi.Fdstat(wasi.FILETYPE_REGULAR_FILE, wasi.FDFLAGS_APPEND);
    fdstat.fs_rights_base = BigInt(wasi.RIGHTS_FD_WRITE);
    return { ret: wasi.ERRNO_SUCCESS, fdstat };
  }
}

type Startable = Parameters<WASI["start"]>[0];

function runShim(host: WASI, bytes: Uint8Array): RunTimes {
  const instantiateAt = nowMs();
  const imports = { wasi_snapshot_preview1: host.wasiImport };
  const instance = new engine.Instance(new engine.Module(bytes), imports);
  const startAt = nowMs();
  // A WASI command exports what the shim asks for, or start throws.
  const exitCode = host.start(instance as unknown as Startable);
  return { instantiateMs: startAt - instantiateAt, computeMs: nowMs() - startAt, exitCode };
}

function readTree(host: string): Map<string, Inode> {
  const entries = readdirSync(host, { withFileTypes: true }).map((entry): [string, Inode] => {
    const path = join(host, entry.name);
    const inode = entry.isDirectory()
      ? new Directory(readTree(path))
      : new File(readFileSync(path));
    return [entry.name, inode];
  });
  return new Map(entries);
}

/** Makes the host's directory what the program left behind. */
function writeTree(host: string, contents: ReadonlyMap<string, Inode>): void {
  for (const name of readdirSync(host)) {
    if (!contents.has(name)) rmSync(join(host, name), { recursive: true });
  }
  for (const [name, inode] of contents) {
    const path = join(host, name);
    if (inode instanceof File) {
      writeFileSync(path, inode.data);
    } else if (inode instanceof Directory) {
      mkdirSync(path, { recursive: true });
      writeTree(path, inode.contents);
    }
  }
}

await answerSpec(run);
