// `--durable` with and without a level, and where the options of a command line end.
import { describe, expect, it } from "vitest";
import { withLevel } from "./durable.ts";

const known = {
  commands: [
    {
      name: () => "run",
      options: [
        { long: "--name", required: true },
        { long: "--durable", required: true },
        { long: "--raw", required: false },
      ],
    },
  ],
};

function spelled(line: string): string {
  return withLevel(["node", "shoal", ...line.split(" ")], known)
    .slice(2)
    .join(" ");
}

describe("--durable", () => {
  it.each([
    ["run --durable x.wasm", "run --durable=host x.wasm"],
    ["run --durable=disk x.wasm", "run --durable=disk x.wasm"],
    ["run --raw --durable --name n x.wasm", "run --raw --durable=host --name n x.wasm"],
    ["run --name --durable x.wasm", "run --name --durable x.wasm"],
    ["run --name=n --durable x.wasm", "run --name=n --durable=host x.wasm"],
    ["run x.wasm --durable", "run x.wasm --durable"],
    ["run -- x.wasm --durable", "run -- x.wasm --durable"],
    ["run -- server --durable", "run --host-command -- server --durable"],
  ])("%s is read as %s", (line, meant) => expect(spelled(line)).toBe(meant));
});
