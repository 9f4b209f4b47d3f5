// What is loaded quietly is not warned of, and the warnings of others are.
import { expect, it } from "vitest";
import { quietly } from "./quietly.ts";

it("warns of nothing while it loads, and again afterwards", () => {
  const said: string[] = [];
  const warner = { emitWarning: (text: string) => void said.push(text) };
  const load = (): number => {
    warner.emitWarning("experimental");
    return 7;
  };
  expect(quietly(warner, load)).toBe(7);
  warner.emitWarning("of another");
  expect(said).toEqual(["of another"]);
});

it("answers nothing where the host will not, and warns again afterwards", () => {
  const warner = { emitWarning: "as it was" };
  const refuse = (): never => {
    throw new Error("no such module");
  };
  expect(quietly(warner, refuse)).toBeUndefined();
  expect(warner.emitWarning).toBe("as it was");
});
