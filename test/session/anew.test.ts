// A durable server that calls another, at level memory: what it knew is lost with its process, its session
// with the other, too. The next one begins another, and neither is taken for the first.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compileC, compileHostedC } from "../sdk/compile.ts";
import { Bench, until } from "./command.ts";

let bench: Bench;
beforeEach(() => (bench = new Bench()));
afterEach(() => bench.close());

async function moduleOf(source: string): Promise<string> {
  const path = join(bench.directory, `${source.replaceAll("/", "-")}.wasm`);
  writeFileSync(path, await compileC(source));
  return path;
}

// After one request the first of a new life has the number of the last that was answered; after two it has none.
it.each([1, 2])("asks anew after %i requests and the loss of its process", async (requests) => {
  const client = await compileHostedC("examples/c/ledger-client.c");
  await bench.serve("ledger", "--durable=host", await moduleOf("examples/c/ledger-server.c"));
  const relay = await moduleOf("test/session/relay.c");
  const between = ["--durable=memory", "--connect", "ledger", relay];
  const running = await bench.serve("relay", ...between);
  const open = (): Promise<string[]> => bench.call("relay", client, "open", "100");
  for (let i = 0; i < requests; i++) expect(await open()).toEqual([`open: ok ${i}`]);
  const { cellPid } = running;
  process.kill(cellPid!, "SIGKILL");
  await until(
    "it is started again",
    () => running.cellPid !== cellPid && running.cellPid !== undefined,
  );
  expect(await open()).toEqual([`open: ok ${requests}`]);
  expect(await open()).toEqual([`open: ok ${requests + 1}`]);
});
