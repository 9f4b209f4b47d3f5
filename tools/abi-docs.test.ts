// The documents of the ABI against the ABI itself.
import { describe, expect, it } from "vitest";
import { type KindName, stateLayouts, Status, syscallFacts } from "../src/abi/index.ts";
import { pageName, parsePage, problemsOf, refusalsOf } from "./abi-docs/page.ts";
import { callNames, fillParts, partsOfCall } from "./abi-docs/render.ts";
import { folder, pagesOf, problems, readDocuments, rewritten } from "./abi-docs.ts";

const documents = readDocuments(folder);

describe("docs/abi", () => {
  it("has for every call a page with all sections, real statuses and real rights", () => {
    expect(problems(documents)).toEqual([]);
  });

  it("says nothing between its markers that the code does not say", () => {
    for (const [name, text] of rewritten(documents)) {
      expect(text, `${name}: run node tools/abi-docs.ts`).toBe(documents.get(name));
    }
  });

  it("gives class and stages on every page", () => {
    for (const [call, page] of pagesOf(documents)) {
      const facts = page.text.get("Class and stages");
      expect(facts, call).toContain(syscallFacts[call].class);
      for (const stage of syscallFacts[call].stages) expect(facts, call).toContain(`\`${stage}\``);
    }
  });

  it("describes the state of every kind", () => {
    for (const kind of Object.keys(stateLayouts) as KindName[]) {
      expect(documents.get("state.md")).toContain(`<!-- generated: state of ${kind} -->`);
    }
  });

  it("names every refusal on the page of some call, but the one for calls that do not exist", () => {
    const named = new Set([...pagesOf(documents).values()].flatMap(refusalsOf));
    const missing = Object.keys(Status).filter((status) => !named.has(status));
    expect(missing).toEqual(["ok", "badCall"]);
  });

  it("has no page for a call that is not there", () => {
    const known = new Set(callNames.map(pageName));
    const others = [...documents.keys()].filter((name) => !known.has(name));
    expect(others).toEqual(["README.md", "message.md", "state.md", "status.md"]);
  });
});

describe("a page of docs/abi", () => {
  const source = documents.get(pageName("send")) ?? "";

  it("is wrong if a section is missing, or a status or a right does not exist", () => {
    expect(problemsOf("send", parsePage(source))).toEqual([]);
    for (const [from, to] of [
      ["## Faults", "## Faltas"],
      ["- `timeout`", "- `tooLate`"],
      ["- `timeout`", "- `noRight`"],
      ["`derive` on", "`device` on"],
      ["send(a0", "sent(a0"],
    ] as const) {
      expect(problemsOf("send", parsePage(source.replace(from, to))), to).not.toEqual([]);
    }
  });

  it("keeps what people wrote when its generated part is written anew", () => {
    const stale = source.replace(/<!-- generated: facts -->\n[^]*?<!-- end -->/, (part) =>
      part.replace("multi-stage", "trivial"),
    );
    expect(stale).not.toBe(source);
    expect(fillParts(stale, partsOfCall("send"))).toBe(source);
  });

  it("may not ask for a part that nothing generates", () => {
    const source = "<!-- generated: weather -->\n<!-- end -->";
    expect(() => fillParts(source, partsOfCall("send"))).toThrow("weather");
  });
});
