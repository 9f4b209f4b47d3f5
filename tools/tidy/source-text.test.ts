// The scanner under tidy: what counts as code, and what a file imports.
import { describe, expect, it } from "vitest";
import { codeOf, importsOf, lineAt } from "./source-text.ts";

const dollar = "$";

function importsIn(text: string): [specifier: string, isTypeOnly: boolean][] {
  const found = importsOf({ path: "a.ts", text });
  return found.map(({ specifier, isTypeOnly }) => [specifier, isTypeOnly]);
}

describe("codeOf", () => {
  it("blanks comments, strings and regular expressions and keeps every offset", () => {
    const text = 'const a = "Date"; // Date\n/* Date */ b = /Date[/"]/g; c = a / b / Date;';
    const code = codeOf(text);
    expect(code).toHaveLength(text.length);
    expect(code.match(/Date/g)).toHaveLength(1);
    expect(code.indexOf("Date")).toBe(text.lastIndexOf("Date"));
    expect(code.split("\n")).toHaveLength(2);
  });

  it("keeps the code inside a template and blanks its text", () => {
    const text = `x = \`Date ${dollar}{f({ a: Date }, \`Date ${dollar}{Date}\`)} Date\`; y = Date;`;
    expect(codeOf(text).match(/Date/g)).toHaveLength(3);
    expect(codeOf(text)).toHaveLength(text.length);
  });

  it("is not led astray by quotes in comments or by escapes", () => {
    expect(codeOf("// don't\nDate")).toContain("Date");
    expect(codeOf("'it\\'s'; Date")).toContain("Date");
    expect(codeOf("return /'/.test(x) && Date")).toContain("Date");
    expect(codeOf("/* unclosed Date")).not.toContain("Date");
  });
});

describe("importsOf", () => {
  it("finds imports, exports from elsewhere, bare imports and dynamic ones", () => {
    const text = `
      import { a } from "./a.ts";
      import * as b from "./b.ts";
      export { c } from "./c.ts";
      import "./d.ts";
      const e = await import("./e.ts");
      export const notImported = "./f.ts";
      // import { g } from "./g.ts";
    `;
    expect(importsIn(text).map(([specifier]) => specifier)).toEqual([
      "./a.ts",
      "./b.ts",
      "./c.ts",
      "./d.ts",
      "./e.ts",
    ]);
  });

  it("tells imports that vanish from those that run", () => {
    expect(importsIn('import type { A } from "./a.ts";')).toEqual([["./a.ts", true]]);
    expect(importsIn('import { type A, type B } from "./a.ts";')).toEqual([["./a.ts", true]]);
    expect(importsIn('export type { A } from "./a.ts";')).toEqual([["./a.ts", true]]);
    expect(importsIn('import type * as a from "./a.ts";')).toEqual([["./a.ts", true]]);
    expect(importsIn('import { type A, b } from "./a.ts";')).toEqual([["./a.ts", false]]);
    expect(importsIn('import type from "./a.ts";')).toEqual([["./a.ts", false]]);
  });

  it("reports the line of the statement", () => {
    const text = 'const x = 1;\n\nimport {\n  a,\n} from "./a.ts";\n';
    expect(importsOf({ path: "a.ts", text })[0].line).toBe(3);
    expect(lineAt(text, 0)).toBe(1);
  });
});
