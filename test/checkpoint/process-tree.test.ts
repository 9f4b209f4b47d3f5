// A program that starts others, waits for them, kills them and passes on what it has open: frozen at moments in
// all that, with its children, it finds what it was promised in the process where it goes on.
import { copyFileSync, existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileHostedC } from "../sdk/compile.ts";
import { Place } from "./named-run.ts";

describe("a program with children", () => {
  let place: Place;
  beforeAll(async () => {
    place = new Place();
    copyFileSync(await compileHostedC("test/wasi/c/processes.c"), place.path("processes.wasm"));
  });
  afterAll(() => place.remove());

  it.each([15, 60, 110])("is frozen with them after %i calls, and all go on", async (calls) => {
    const image = place.path(`image-${calls}`);
    const freeze = ["--freeze-after-calls", `${calls}`, "--freeze-to", image];
    const program = ["--dir", ".::/p", "processes.wasm", "/p/processes.wasm"];
    const first = await place.run(["run", "--level", "checkpoint", ...freeze, ...program]);
    expect(existsSync(image), first.stderr.toString()).toBe(true);
    const { stdout, exitCode } = await place.run(["thaw", image]);
    expect(Buffer.concat([first.stdout, stdout]).toString()).toMatch(/^\d+ checks, 0 failures\n$/);
    expect(exitCode).toBe(0);
  });
});
