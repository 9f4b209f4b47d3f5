// `shoal call`: a service is called from a shell.
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Bench, type Running } from "../session/command.ts";

let bench: Bench;
let server: Running;

beforeAll(async () => {
  bench = new Bench();
  const file = fileURLToPath(new URL("./fixtures/notes.ts", import.meta.url));
  server = await bench.serve("notes", "--durable", file);
});

afterAll(() => bench.close());

async function call(...words: readonly string[]) {
  const running = bench.start("call", ...words);
  const code = await running.ended;
  return { code, lines: running.lines, said: running.stderr };
}

describe("shoal call", () => {
  it("takes texts and JSON, and prints JSON", async () => {
    expect(await call("notes", "add", "buy milk")).toMatchObject({ code: 0, lines: ["1"] });
    const { lines } = await call("notes", "echo", '{"a": [1, "x", null]}');
    expect(lines).toEqual(['{"a":[1,"x",null]}']);
    expect((await call("notes", "echo", "-1")).lines).toEqual(["-1"]);
    expect((await call("notes", "echo")).lines).toEqual([]);
  });

  it("prints a line for each item of a stream", async () => {
    expect((await call("notes", "count", "3")).lines).toEqual(["1", "2", "3"]);
  });

  it("says what a method threw, and ends with 1", async () => {
    const { code, said, lines } = await call("notes", "add", "");
    expect([code, said, lines]).toEqual([1, "shoal: EmptyNoteError: a note has a text\n", []]);
    expect((await call("notes", "nope")).said).toMatch(
      /MethodError: the service has no method nope; it has add, all/,
    );
  });

  it("says that there is no such service", async () => {
    const { code, said } = await call("nothing", "add");
    expect(code).toBe(126);
    expect(said).toMatch(/ServiceGoneError: there is no service named nothing: start it with/);
  });

  it("waits for a service that is just being started again", async () => {
    process.kill(server.cellPid!, "SIGKILL");
    expect((await call("notes", "add", "again")).code).toBe(0);
  });
});
