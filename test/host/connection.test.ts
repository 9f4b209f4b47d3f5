// The connection between attach and holder is cut again and again, at any byte: no line is lost, none comes
// twice, and their order stays.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import { AttachClient, CommandHolder, type CommandManner } from "../../src/boot/index.ts";

const seed = Number(process.env["SEED"] ?? 5);
const requestCount = 400;

const echo = `require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, params } = JSON.parse(line);
  console.log(JSON.stringify({ jsonrpc: "2.0", id, result: params }));
});`;

const manner: CommandManner = {
  file: process.execPath,
  args: ["-e", echo],
  directory: process.cwd(),
  env: {},
  state: "outside",
  protocol: "json-rpc",
};

let directory: string;
let holder: CommandHolder;
const notes: string[] = [];

function placeAt(name: string) {
  const path = join(directory, name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return { serverName: name, directory: path, socketPath: join(path, "socket") };
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "shoal-cut-"));
  notes.length = 0;
  holder = new CommandHolder({
    place: placeAt("far"),
    data: directory,
    epoch: 1,
    level: "memory",
    logBytesMax: 100_000,
    manner,
    newPolicy: () => ({ decide: () => 0 }),
    stayCurrent: () => {},
    say: (text) => notes.push(text),
  });
  await holder.open();
});

afterEach(() => {
  holder.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Stands between the two, and cuts a connection when so many bytes have gone through it. */
async function cutter(random: Random): Promise<{ server: Server; count: () => number }> {
  let cuts = 0;
  const server = createServer((near: Socket) => {
    const far = connect(join(directory, "far", "attach"));
    let left = 200 + random.below(20_000);
    const pass = (from: Socket, to: Socket): void => {
      from.on("error", () => {}).on("close", () => to.destroy());
      from.on("data", (chunk: Buffer) => {
        to.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left > 0) return;
        cuts++;
        near.destroy();
        far.destroy();
      });
    };
    pass(near, far);
    pass(far, near);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(join(placeAt("near").directory, "attach"), resolve);
  await promise;
  return { server, count: () => cuts };
}

describe(`a connection that is cut (seed ${seed})`, () => {
  it("costs nobody a line", async () => {
    const random = new Random(seed);
    const { server, count } = await cutter(random);
    const answers: number[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const client = new AttachClient({
      place: placeAt("near"),
      manner: undefined,
      protocol: "json-rpc",
      timeoutMs: 20_000,
      onLine: (line, done) => {
        answers.push((JSON.parse(line) as { id: number }).id);
        done();
        if (answers.length === requestCount) resolve();
      },
      onOver: (code, reason) => reject(new Error(`over: ${code} ${reason}`)),
      onFailure: (reason) => reject(new Error(reason)),
      onNobody: () => undefined,
      onFull: () => {},
    });
    for (let id = 0; id < requestCount; id++) {
      const params = { text: "x".repeat(random.below(300)) };
      client.send(JSON.stringify({ jsonrpc: "2.0", id, method: "echo", params }));
    }
    await promise;
    client.close();
    server.close();
    expect(answers).toEqual(Array.from({ length: requestCount }, (_, id) => id));
    expect(count()).toBeGreaterThan(5);
    expect(notes).toEqual([]);
  });
});
