// A session of three programs joined by pipes, frozen in the middle and copied while it runs: each copy writes
// the rest of what the undisturbed run writes.
import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isBuilt, programPath } from "../../tools/programs/index.ts";
import { shoal } from "../programs/shoal-process.ts";
import { Place } from "./named-run.ts";

/** How many copies: few here, a hundred by COPIES=100. */
const copies = Number(process.env["COPIES"] ?? 4);

/** One that hangs is told from one on a busy machine. */
const timeoutMs = 300_000;

const scripts = {
  /** Waits for input, or its end, in the middle of a line. */
  "make.lua": `for i = 1, 600 do
      io.write("line ", i) io.flush()
      if i == 400 then io.read("l") end
      io.write(" ", i * i % 1009, "\\n") io.flush()
    end`,
  "shout.lua": `local n = 0
    for l in io.lines() do n = n + 1 io.write(l:upper(), " ", #l, "\\n") end
    io.write("SHOUTED ", n, "\\n")`,
  "sum.lua": `local n, s = 0, 0
    for l in io.lines() do
      n = n + 1 for d in l:gmatch("%d+") do s = s + tonumber(d) end
      io.write(n, " ", s, "\\n") io.flush()
    end
    print("summed", n, s)`,
};

let place: Place;
let session: string[];

beforeEach(async () => {
  place = new Place();
  for (const [name, text] of Object.entries(scripts)) writeFileSync(place.path(name), text);
  const lua = await programPath("lua");
  session = ["--dir", ".::/", lua, "make.lua", "::", lua, "shout.lua", "::", lua, "sum.lua"];
});
afterEach(() => place.remove());

// Skipped only where Lua was not built: without Debian's sources.
describe.skipIf(!isBuilt("lua"))(
  "three programs joined by pipes",
  { timeout: 300_000 + copies * 10_000 },
  () => {
    it("go on together where they were frozen, wherever that was", async () => {
      const undisturbed = await place.run(["run", ...session]);
      for (const calls of [50, 300, 700]) {
        const image = place.path(`image-${calls}`);
        const freeze = ["--freeze-after-calls", `${calls}`, "--freeze-to", image];
        const first = await place.run(["run", "--level", "checkpoint", ...freeze, ...session]);
        const second = await shoal(["thaw", image], { isSource: true, timeoutMs });
        expect(second.exitCode).toBe(0);
        expect(Buffer.concat([first.stdout, second.stdout])).toEqual(undisturbed.stdout);
      }
    });

    it(`are copied ${copies} times while they run, and each copy ends as the original`, async () => {
      const running = place.start(["run", "--level", "checkpoint", "--name", "three", ...session]);
      await running.spoke();
      await place.named("three");
      const forked = await place.run([
        "fork",
        "three",
        "-n",
        `${copies}`,
        "-o",
        place.path("copy"),
      ]);
      expect(forked.exitCode, forked.stderr.toString()).toBe(0);
      running.child.stdin!.end("go on\n");
      const whole = (await running.ended).stdout.toString();
      expect(whole).toMatch(/summed\t601\t/);
      for (let copy = 1; copy <= copies; copy++) {
        const rest = readFileSync(place.path(`copy.${copy}.out`), "utf8");
        expect(rest).toMatch(/^\d+ /);
        expect(rest.length).toBeLessThan(whole.length);
        expect(whole.endsWith(rest), `copy ${copy}`).toBe(true);
      }
    });
  },
);
