// The cache must never hold half an entry: tests of its one writing function.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeOnce } from "./cache.ts";

describe("the cache of programs", () => {
  let dir = "";
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "shoal-cache-"))));
  afterEach(() => rmSync(dir, { recursive: true }));

  it("leaves nothing behind when an entry cannot be made", async () => {
    const failing = makeOnce(join(dir, "entry"), async (draft) => {
      writeFileSync(join(draft, "half"), "");
      throw new Error("no compiler");
    });
    await expect(failing).rejects.toThrow("no compiler");
    expect(readdirSync(dir)).toEqual([]);
  });

  it("keeps the first of two entries made at once, and no draft", async () => {
    const entry = join(dir, "entry");
    const both = ["a", "b"].map((text) =>
      makeOnce(entry, async (draft) => writeFileSync(join(draft, text), text)),
    );
    await Promise.all(both);
    expect(readdirSync(dir)).toEqual(["entry"]);
    expect(readdirSync(entry)).toHaveLength(1);
  });

  it("does not fill an entry that exists", async () => {
    const entry = join(dir, "entry");
    await makeOnce(entry, async (draft) => writeFileSync(join(draft, "file"), "first"));
    await makeOnce(entry, async (draft) => writeFileSync(join(draft, "file"), "second"));
    expect(readFileSync(join(entry, "file"), "utf8")).toBe("first");
    expect(existsSync(join(dir, "entry.tmp"))).toBe(false);
  });
});
