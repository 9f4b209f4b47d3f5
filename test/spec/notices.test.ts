// The proof of this proof: a deliberate error in the transformer makes a stopped script come to something
// else, and a script that expects something else is found out as it is.
import { describe, expect, it } from "vitest";
import { isSpecificationFetched } from "../../tools/programs/specification.ts";
import { plants } from "../capture/plants.ts";
import { reportOn } from "./report.ts";
import type { Command, Script } from "./script.ts";
import { listParts, listScripts } from "./suite.ts";

/** A script whose stops lie between calls of one function. */
const loops = "text/spec/loop";

/** Errors that matter wherever a function has more than one call. */
const noticed = plants.filter(({ name }) =>
  /the number of a call|the number of the one/.test(name),
);

function readScript(wanted: string): Script {
  const found = listParts()
    .flatMap(listScripts)
    .find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`There is no script ${wanted}.`);
  return found.read();
}

function withAnotherAnswer(command: Command): Command {
  if (command.outcome.kind !== "return") return command;
  return { ...command, outcome: { kind: "return", values: [{ kind: "number", number: 12_345 }] } };
}

describe.skipIf(!isSpecificationFetched())("the specification's tests notice", () => {
  it.each(noticed)("when $name", ({ plant }) => {
    const takeOut = plant();
    try {
      expect(reportOn(readScript(loops)).changed).not.toEqual([]);
    } finally {
      takeOut();
    }
    expect(reportOn(readScript(loops)).changed).toEqual([]);
  });

  it("an answer that is not the one expected", () => {
    const { name, commands } = readScript(loops);
    const { unexpected } = reportOn({ name, commands: commands.map(withAnotherAnswer) });
    const answers = commands.filter(({ outcome }) => outcome.kind === "return");
    expect(unexpected).toHaveLength(answers.length);
  });
});
