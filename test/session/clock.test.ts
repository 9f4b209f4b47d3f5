// The monotonic clock of a durable server goes on when its process is lost: a deadline that it set is met.
import { afterEach, beforeEach, expect, it } from "vitest";
import { compileHostedC } from "../sdk/compile.ts";
import { Bench, until } from "./command.ts";

let bench: Bench;
beforeEach(() => (bench = new Bench()));
afterEach(() => bench.close());

it("shows what has passed", async () => {
  const client = await compileHostedC("test/session/clock-client.c");
  const server = await compileHostedC("test/session/clock-server.c");
  const running = await bench.serve("clock", "--durable=host", server);
  let before: { readonly shownMs: number; readonly endMs: number } | undefined;
  for (let kill = 0; kill < 3; kill++) {
    const beginMs = performance.now();
    const [line] = await bench.call("clock", client);
    const shownMs = Number(line);
    // What passed between the two calls, but for a millisecond that was not over.
    if (before !== undefined)
      expect(shownMs).toBeGreaterThanOrEqual(before.shownMs + beginMs - before.endMs - 1);
    before = { shownMs, endMs: performance.now() };
    const { cellPid } = running;
    process.kill(cellPid!, "SIGKILL");
    await until("it is started again", () => ![cellPid, undefined].includes(running.cellPid));
  }
});
