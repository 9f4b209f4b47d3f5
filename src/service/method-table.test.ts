// What a client's object is made of: methods that are there when somebody asks for them.
import { describe, expect, it } from "vitest";
import { methodTable } from "./method-table.ts";

describe("a table of methods", () => {
  it("makes each method once, when it is first looked up", () => {
    const made: string[] = [];
    const table = methodTable((name) => {
      made.push(name);
      return () => name;
    }) as Record<string, () => string>;
    const { add } = table;
    expect(add!()).toBe("add");
    expect(table["add"]).toBe(add);
    expect(table["toString"]!()).toBe("toString");
    expect(made).toEqual(["add", "toString"]);
  });

  it("is no promise, and has what it was given beside its methods", async () => {
    const table = methodTable(() => 1, { [Symbol.asyncDispose]: { value: "dispose" } });
    const awaited: unknown = await Promise.resolve(table);
    expect(awaited).toBe(table);
    expect((table as AsyncDisposable)[Symbol.asyncDispose]).toBe("dispose");
    expect(Object.keys(table)).toEqual([]);
  });

  it("goes on making methods when it is frozen", () => {
    const table = Object.freeze(methodTable((name) => name)) as Record<string, string>;
    expect([table["a"], table["a"]]).toEqual(["a", "a"]);
  });
});
