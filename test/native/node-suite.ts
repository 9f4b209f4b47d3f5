// The WASI tests of Node's own source package, as Debian has it: C programs that check, by assertions,
// what a host does. They are fetched and compiled once, into the cache of real programs; nothing of them
// is in this tree. `node test/native/build.ts` does it; the tests run where it was done.
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory, fingerprint, makeOnce } from "../../tools/programs/cache.ts";
import { commonFlags, compile, compilerVersion } from "../../tools/programs/compile.ts";
import { fetchSource } from "../../tools/programs/debian.ts";

const shim = join(import.meta.dirname, "shim");
const shimHeader = join(shim, "cpu-clocks.h");
const flags = [...commonFlags, "-include", "shim/cpu-clocks.h"];
const source = { package: "nodejs", upstreamVersion: "18.20.4+dfsg" };

/** Where the modules are, or will be. */
export function suiteDirectory(): string {
  const key = fingerprint([source, flags, compilerVersion(), readFileSync(shimHeader, "utf8")]);
  return join(cacheDirectory(), `node-wasi-suite-${key}`);
}

export function isSuiteBuilt(): boolean {
  return existsSync(suiteDirectory());
}

export async function buildSuite(progress: (line: string) => void): Promise<void> {
  await makeOnce(suiteDirectory(), async (draft) => {
    progress(`node-wasi-suite: source of ${source.package} ${source.upstreamVersion}`);
    const { directory } = await fetchSource(source);
    await cp(join(directory, "test/fixtures/wasi"), join(draft, "sandbox"), { recursive: true });
    // Debian keeps the empty directory out of some of its revisions.
    await mkdir(join(draft, "sandbox/subdir"), { recursive: true });
    const sources = join(directory, "test/wasi/c");
    for (const file of (await readdir(sources)).filter((name) => name.endsWith(".c"))) {
      progress(`node-wasi-suite: compiling ${file}`);
      const module = join(draft, file.replace(/c$/, "wasm"));
      await compile([`src/${file}`], flags, { src: sources, shim }, module);
    }
  });
}

export interface SuiteCase {
  readonly name: string;
  readonly stdin?: string;
  readonly stdout?: string;
  readonly exitCode?: number;
  /** Runs in the directory with links that the suite lays out for these tests. */
  readonly hasLinks?: boolean;
  /**
   * Where the test asserts what we do otherwise, on purpose: the assertion that fails, and why it must.
   */
  readonly differs?: { readonly at: string; readonly why: string };
}

const text = "hello from input.txt\n";

export const suiteCases: readonly SuiteCase[] = [
  { name: "cant_dotdot" },
  { name: "clock_getres" },
  { name: "exitcode", exitCode: 120 },
  { name: "fd_prestat_get_refresh" },
  { name: "freopen", stdout: "hello from input2.txt\n" },
  { name: "ftruncate" },
  { name: "getentropy" },
  { name: "getrusage" },
  { name: "gettimeofday" },
  { name: "main_args" },
  { name: "notdir" },
  { name: "poll" },
  { name: "preopen_populates" },
  {
    name: "readdir",
    differs: {
      at: "cnt == 4",
      why: 'a directory lists "." and "..", as on every POSIX system; the test expects neither',
    },
  },
  { name: "read_file", stdout: text },
  { name: "read_file_twice", stdout: text + text },
  { name: "stat" },
  { name: "sock" },
  { name: "write_file" },
  { name: "stdin", stdin: "hello world", stdout: "hello world" },
  {
    name: "create_symlink",
    hasLinks: true,
    differs: {
      at: "strlen(target) + 1",
      why: "readlink answers the length of the target, and not one more",
    },
  },
  { name: "follow_symlink", hasLinks: true, stdout: "hello from input.txt" },
  {
    name: "link",
    hasLinks: true,
    differs: {
      at: "0 == link(OLD, NEW)",
      why: "two granted trees are two file systems, and a link between them is EXDEV",
    },
  },
  { name: "symlink_escape", hasLinks: true },
  { name: "symlink_loop", hasLinks: true },
];
