// The examples do what the guide says that they do.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("a program starts a service and calls it", () => {
  const file = fileURLToPath(new URL("./use-notes.ts", import.meta.url));
  const printed = execFileSync(process.execPath, ["--conditions=source", file], {
    encoding: "utf8",
  });
  expect(printed.trim().split("\n")).toEqual([
    "buy milk",
    "feed the fish",
    "NoSuchNoteError: x",
    "there was no answer within 20 ms",
  ]);
});
