// Each rule of tidy, against the smallest tree that breaks it and the smallest that does not.
import { describe, expect, it } from "vitest";
import { checkBannedNames } from "./banned-names.ts";
import { checkLayers, type LayerTable } from "./layer-rules.ts";
import { checkFaces, checkHeaders, checkLinks, checkNames } from "./shape-rules.ts";
import type { Problem, SourceFile } from "./source-text.ts";

const table: LayerTable = {
  layers: { base: [], machine: ["base"], kernel: ["base", "machine"] },
  typesOnly: { kernel: ["machine"] },
  pure: ["base", "kernel", "machine/machine.ts"],
};

function file(path: string, text = ""): SourceFile {
  return { path, text };
}

function messages(problems: readonly Problem[]): string[] {
  return problems.map(({ path, message }) => `${path}: ${message}`);
}

describe("layers", () => {
  const check = (path: string, text: string, ...others: SourceFile[]): string[] =>
    messages(checkLayers([file(path, text), ...others], table));

  it("allows what the table names and refuses the rest", () => {
    expect(check("src/kernel/a.ts", 'import { b } from "../base/b.ts";')).toEqual([]);
    expect(check("src/base/a.ts", 'import { k } from "../kernel/k.ts";')).toEqual([
      "src/base/a.ts: base may not import kernel: see tools/deps.json",
    ]);
    expect(check("src/base/a.test.ts", 'import { k } from "../kernel/k.ts";')).toEqual([]);
  });

  it("refuses a value where only types may cross", () => {
    const port = "../machine/machine.ts";
    expect(check("src/kernel/a.ts", `import type { M } from "${port}";`)).toEqual([]);
    expect(check("src/kernel/a.ts", `import { M } from "${port}";`)).toHaveLength(1);
    expect(check("src/kernel/a.ts", `export { M } from "${port}";`)).toHaveLength(1);
  });

  it("asks for a line in the table before a new folder may import anything", () => {
    expect(check("src/new/a.ts", 'import { b } from "../base/b.ts";')[0]).toContain("deps.json");
  });

  it("keeps packages and host modules out of the pure part, and the test tree out of src", () => {
    expect(check("src/kernel/a.ts", 'import fs from "node:fs";')).toHaveLength(1);
    expect(check("src/machine/node/a.ts", 'import fs from "node:fs";')).toEqual([]);
    expect(check("src/base/a.ts", 'import { x } from "../../test/x.ts";')).toHaveLength(1);
  });

  it("leads outsiders to the face of a folder, and lets insiders and ports pass", () => {
    const face = file("src/machine/index.ts");
    const deep = file("src/machine/node/index.ts");
    const outside = (target: string): string[] =>
      check("src/kernel/a.ts", `import type { x } from "../machine/${target}";`, face, deep);
    expect(outside("index.ts")).toEqual([]);
    expect(outside("machine.ts")).toEqual([]);
    expect(outside("clock.ts")[0]).toContain("src/machine/index.ts");
    expect(outside("node/index.ts")[0]).toContain("src/machine/index.ts");
    const inside = 'import { x } from "./node/clock.ts";';
    expect(check("src/machine/a.ts", inside, deep)[0]).toContain("src/machine/node/index.ts");
    expect(check("src/machine/node/b.ts", 'import { x } from "./clock.ts";', deep)).toEqual([]);
  });
});

describe("banned names", () => {
  const check = (text: string, path = "src/kernel/a.ts"): Problem[] =>
    checkBannedNames([file(path, text)], table);

  it.each([
    "const now = Date.now();",
    "const d = new Date();",
    "const r = Math.random();",
    "Atomics.wait(words, 0, 0);",
    "void Atomics.waitAsync(words, 0, 0);",
    "async function run() {}",
    "const run = async () => {};",
    "const run = async x => x;",
    "const o = { async run() {} };",
    "x = await y;",
    "function f(): Promise<void> {}",
    "setTimeout(f, 1);",
    "setImmediate(f);",
    'console.log("x");',
    "performance.now();",
    "queueMicrotask(f);",
    "globalThis.x = 1;",
    "new WeakRef(x);",
    "a.localeCompare(b);",
    "n.toLocaleString();",
  ])("refuses %s", (text) => {
    expect(check(text)).toHaveLength(1);
    expect(check(text)[0].message).toMatch(/: use \S/);
  });

  it.each([
    "// Date, await and Math.random are banned here.",
    'const text = "new Date() and console.log";',
    "const lastUpDate = 1; const dateNs = 2;",
    "table.console = 3;",
    "kernel.setTimeout(5);",
    "export function setTimeout(ns: number): void {}",
    "const calls = { async: 1, await: 2, Date: 3 };",
    "Atomics.notify(words, 0);",
  ])("allows %s", (text) => {
    expect(check(text)).toEqual([]);
  });

  it("says nothing about adapters and tests", () => {
    expect(check("await x;", "src/machine/node/a.ts")).toEqual([]);
    expect(check("await x;", "src/kernel/a.test.ts")).toEqual([]);
  });
});

describe("shape", () => {
  it("refuses files and folders whose name says nothing", () => {
    const paths = ["src/a/utils/b.ts", "src/types.ts", "src/common/b.ts", "test/helpers.test.ts"];
    expect(checkNames(paths.map((path) => file(path)))).toHaveLength(4);
    expect(checkNames([file("src/base/typed-table.ts"), file("src/misc-fit.ts")])).toEqual([]);
  });

  it("wants a comment that says something at the top of every source file", () => {
    const header = "// What this file is for, in a sentence of some length.\n";
    expect(checkHeaders([file("a.ts", `${header}export {};`)])).toEqual([]);
    expect(checkHeaders([file("a.js", `#!/usr/bin/env node\n${header}`)])).toEqual([]);
    expect(checkHeaders([file("a.ts", `/*\n * ${header.slice(3)} */\n`)])).toEqual([]);
    expect(checkHeaders([file("a.ts", `export {};\n${header}`)])).toHaveLength(1);
    expect(checkHeaders([file("a.ts", "// Constants.\nexport {};")])).toHaveLength(1);
  });

  it("lets a face hold named re-exports and nothing else", () => {
    const check = (text: string): Problem[] => checkFaces([file("src/base/index.ts", text)]);
    const fine =
      '// The face.\nexport { a, type B } from "./a.ts";\nexport type { C } from "./c.ts";\n';
    expect(check(fine)).toEqual([]);
    expect(check('export * from "./a.ts";')).toHaveLength(1);
    expect(check(`${fine}export const d = 1;`)[0].line).toBe(4);
  });

  it("follows the relative links of documents and only those", () => {
    const text = [
      "[there](abi/send.md#result) [gone](abi/gone.md) ![picture](../pic.svg)",
      "[web](https://example.org) [here](#part) `[code](no.md)`",
      "```md\n[fenced](no.md)\n```",
      "[ref]: ./lost.md",
    ].join("\n");
    const there = new Set(["docs/abi/send.md", "pic.svg"]);
    const problems = checkLinks([file("docs/a.md", text)], (path) => there.has(path));
    expect(problems.map(({ line, message }) => [line, message])).toEqual([
      [1, "the link to abi/gone.md leads nowhere"],
      [6, "the link to ./lost.md leads nowhere"],
    ]);
  });
});
