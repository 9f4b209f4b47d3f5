// What is kept of a program comes back as it was, and what is none is refused with a word on what is wrong.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  entryNames,
  entryOf,
  type ProgramEntry,
  readEntry,
  saveEntry,
  toJson,
} from "./program-entry.ts";
import { removeEntry } from "./program-entry.ts";
import { type SystemPlace, systemPlaceOf } from "./system-place.ts";

const entry: ProgramEntry = {
  name: "kv",
  words: ["--durable", "kv.wasm", "--", "x y"],
  directory: "/home/a",
  env: { HOME: "/home/a" },
  level: "host",
  data: null,
  restart: "on-failure",
  restartLimit: 5,
  hangSeconds: 0,
  standsBy: false,
  group: null,
  groupMode: "one",
  isWanted: true,
  end: null,
};

let data = "";
let place: SystemPlace;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "shoal-entry-"));
  place = systemPlaceOf({ XDG_DATA_HOME: data });
});
afterEach(() => rmSync(data, { recursive: true }));

describe("the entry of a program", () => {
  it("is read as it was written, until it is removed", () => {
    saveEntry(place, entry);
    expect(entryNames(place)).toEqual(["kv"]);
    expect(readEntry(place, "kv")).toEqual(entry);
    removeEntry(place, "kv");
    expect([entryNames(place), readEntry(place, "kv")]).toEqual([[], undefined]);
  });

  it("survives what an answer is made of", () => {
    expect(entryOf(JSON.parse(JSON.stringify(toJson(entry))))).toEqual(entry);
  });

  it.each([
    ["words", "kv.wasm"],
    ["env", { HOME: 1 }],
    ["level", "cluster"],
    ["restartLimit", -1],
    ["hangSeconds", 1.5],
    ["isWanted", "yes"],
    ["groupMode", null],
    ["end", {}],
  ])("with a %s of %j is refused", (field, value) => {
    expect(() => entryOf({ ...toJson(entry), [field]: value })).toThrow(
      `its "${field}" makes no sense`,
    );
  });

  it.each([[null], [3], [[]], [{}], [{ ...entry, entryVersion: 99 }]])("is none of %j", (value) => {
    expect(() => entryOf(value)).toThrow("version");
  });

  it("that is damaged is told of with its path and what to do", () => {
    saveEntry(place, entry);
    writeFileSync(join(place.programs, "kv", "program.json"), "{");
    expect(() => readEntry(place, "kv")).toThrow(/kv\/program.json cannot be used .*run kv anew/);
  });

  it("is looked for under no name that could be a path", () => {
    expect(() => readEntry(place, "../kv")).toThrow("is no name");
  });
});
