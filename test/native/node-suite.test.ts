// Node's own WASI tests on Shoal: all that they assert holds here too, but for three assertions that are
// not POSIX's, which are named with their reasons.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shoal } from "../programs/shoal-process.ts";
import { isSuiteBuilt, type SuiteCase, suiteCases, suiteDirectory } from "./node-suite.ts";

const isBuilt = isSuiteBuilt();
const decoder = new TextDecoder();

/** The directories of one test, as the suite lays them out. */
function layOut(base: string, hasLinks: boolean): void {
  mkdirSync(join(base, "tmp"));
  if (!hasLinks) {
    cpSync(join(suiteDirectory(), "sandbox"), join(base, "sandbox"), { recursive: true });
    return;
  }
  mkdirSync(join(base, "sandbox/subdir"), { recursive: true });
  writeFileSync(join(base, "sandbox/input.txt"), "hello from input.txt");
  writeFileSync(join(base, "outside.txt"), "this should be inaccessible");
  const links = {
    "input_link.txt": "../input.txt",
    "outside.txt": "../../outside.txt",
    loop1: "loop2",
    loop2: "loop1",
  };
  for (const [name, target] of Object.entries(links)) {
    symlinkSync(target, join(base, "sandbox/subdir", name));
  }
}

async function run({ name, stdin = "", hasLinks = false }: SuiteCase) {
  const base = mkdtempSync(join(tmpdir(), "shoal-node-suite-"));
  try {
    layOut(base, hasLinks);
    const grants = ["sandbox", "tmp"].flatMap((at) => ["--dir", `${join(base, at)}::/${at}`]);
    const options = [...grants, "--env", "NODE_PLATFORM=linux", "--argv0", "foo"];
    const module = join(suiteDirectory(), `${name}.wasm`);
    return await shoal(["run", ...options, module, "-bar", "--baz=value"], { stdin });
  } finally {
    rmSync(base, { recursive: true });
  }
}

/** The tests are not in the tree; to fetch them Debian's sources are needed, and half a minute, once. */
const title = isBuilt
  ? "Node's WASI tests"
  : "Node's WASI tests, which `node test/native/build.ts` has not fetched here";

describe.skipIf(!isBuilt)(title, () => {
  for (const item of suiteCases.filter(({ differs }) => differs === undefined)) {
    it(`${item.name} passes`, async () => {
      const { stdout, stderr, exitCode } = await run(item);
      expect(decoder.decode(stderr)).toBe("");
      expect(decoder.decode(stdout)).toBe(item.stdout ?? "");
      expect(exitCode).toBe(item.exitCode ?? 0);
    });
  }

  for (const item of suiteCases.filter(({ differs }) => differs !== undefined)) {
    it(`${item.name} fails where it asserts what is not so: ${item.differs!.why}`, async () => {
      const { stderr, exitCode } = await run(item);
      expect(decoder.decode(stderr)).toContain(item.differs!.at);
      expect(exitCode).toBe(134);
    });
  }
});
