// `bin/shoal.js` takes the commands on the background system from a file of their own: it has to know them all.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "@commander-js/extra-typings";
import { expect, it } from "vitest";
import { addSystemCommands } from "../../src/cli/system/system-commands.ts";

it("every command on the background system is known to bin/shoal.js, and no other", () => {
  const program = new Command();
  addSystemCommands(program);
  const names = program.commands.map((command) => command.name());
  const bin = readFileSync(fileURLToPath(new URL("../../bin/shoal.js", import.meta.url)), "utf8");
  const [, list = ""] = /const systemCommands = \[([^\]]*)\]/.exec(bin) ?? [];
  const known = [...list.matchAll(/"([a-z]+)"/g)].map(([, name]) => name);
  expect(known.toSorted()).toEqual(names.toSorted());
});
