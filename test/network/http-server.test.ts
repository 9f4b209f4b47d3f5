// The web server of the examples, in C, as clients of all kinds meet it: curl, many at once, the slow, the
// rude and the endless. Afterwards it holds what it held before.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { promisify } from "node:util";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { compileHostedC } from "../sdk/compile.ts";
import { serve, type Serving } from "./serving.ts";

const run = promisify(execFile);
const greeting = "Hello from WebAssembly!\n";
const request = (path = "/", more = ""): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
const close = "Connection: close\r\n";

/** A turn of the event loop. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let program = "";
beforeAll(async () => {
  program = await compileHostedC("examples/c/http-server.c");
});

describe.each(["process", "interrupt"] as const)("the web server in the %s model", (model) => {
  let serving: Serving;
  afterEach(() => serving.stop());

  const url = (path: string): string => `http://127.0.0.1:${serving.port}${path}`;
  async function curl(...args: string[]): Promise<string> {
    const { stdout } = await run("curl", ["--silent", "--show-error", "--max-time", "60", ...args]);
    return stdout;
  }

  it("answers curl: one request, several on one connection, a large body, a wrong path", async () => {
    serving = await serve(program, { model, args: ["4"] });
    expect(await curl(url("/"))).toBe(greeting);
    const twice = await curl("--write-out", "%{num_connects} ", url("/"), url("/"));
    expect(twice).toBe(`${greeting}1 ${greeting}0 `);
    const size = await curl(
      "--output",
      "/dev/null",
      "--write-out",
      "%{size_download}",
      url("/bytes/9000000"),
    );
    expect(size).toBe("9000000");
    expect(
      await curl("--output", "/dev/null", "--write-out", "%{http_code}", url("/nothing")),
    ).toBe("404");
    expect(await serving.ended).toEqual({ code: 0, fault: undefined });
  });

  it("answers requests that come together, and requests that come in pieces", async () => {
    serving = await serve(program, { model });
    const together = request() + request("/bytes/3") + request("/", close);
    const all = await talk([together]);
    expect(all.match(/HTTP\/1.1 200 OK/g)).toHaveLength(3);
    expect(all.endsWith(greeting)).toBe(true);
    expect(all).toContain("\r\n\r\nxxxHTTP/1.1");
    expect(await talk("GET / HTTP/1.0\r\n\r\n".split(""))).toContain(greeting);
  });

  it("holds back who does not read, and goes on with others meanwhile", async () => {
    serving = await serve(program, { model });
    const slow = await connected();
    slow.pause();
    slow.write(request("/bytes/50000000", close));
    // Nobody can tell when it is held back; others are answered before and after.
    for (let i = 0; i < 20; i++) expect(await talk([request("/", close)])).toContain(greeting);
    let bytes = 0;
    slow.on("data", (chunk: Uint8Array) => (bytes += chunk.length)).resume();
    await once(slow, "end");
    expect(bytes).toBeGreaterThan(50_000_000);
    slow.destroy();
  });

  it("holds what it held before after thousands of connections, opened, used and dropped", async () => {
    serving = await serve(program, { model });
    await crowd(40);
    await settled();
    const before = serving.counts();
    const timers = serving.timers();
    await crowd(3000);
    await settled();
    expect(serving.counts()).toEqual(before);
    expect(serving.timers()).toBeLessThanOrEqual(timers);
    expect(await talk([request("/", close)])).toContain(greeting);
  }, 240_000);

  async function connected(): Promise<Socket> {
    const socket = connect({ host: "127.0.0.1", port: serving.port });
    socket.on("error", () => undefined);
    await once(socket, "connect");
    return socket;
  }

  /** Says things, a piece at a time, and answers all that comes back until the end. */
  async function talk(pieces: readonly string[]): Promise<string> {
    const socket = await connected();
    let said = "";
    socket.on("data", (chunk: Uint8Array) => (said += Buffer.from(chunk).toString("latin1")));
    const ended = once(socket, "close");
    for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve));
    await ended;
    return said;
  }

  /** Clients, up to 200 at a time: polite ones, and such as go at every possible moment. */
  async function crowd(count: number): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < count) await visit(next++);
    };
    await Promise.all(Array.from({ length: 200 }, worker));
  }

  function visit(number: number): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect({ host: "127.0.0.1", port: serving.port });
      socket.on("error", () => undefined).on("close", () => resolve());
      socket.on("connect", () => {
        switch (number % 6) {
          case 0: // says nothing
            socket.end();
            break;
          case 1: // says half of it and goes
            socket.end("GET / HT");
            break;
          case 2: // slams the door
            socket.write(request("/bytes/100000"), () => socket.resetAndDestroy());
            break;
          case 3: // goes in the middle of the answer
            socket.write(request("/bytes/300000"));
            socket.once("data", () => socket.destroy());
            break;
          default:
            socket.write(request("/", close));
        }
        socket.resume();
      });
    });
  }

  /** Until the server has seen the last client go. */
  async function settled(): Promise<void> {
    while (serving.network.connectionCount > 0) await turn();
    for (let i = 0; i < 20; i++) await turn();
  }
});

describe("the web server", () => {
  it("says what it needs when nothing was granted", async () => {
    const { shoal } = await import("../programs/shoal-process.ts");
    const { stderr, exitCode } = await shoal(["run", program]);
    expect(new TextDecoder().decode(stderr)).toContain("--listen 127.0.0.1:8080");
    expect(exitCode).toBe(2);
  });

  it("is shown call by call", async () => {
    const lines: string[] = [];
    const serving = await serve(program, { args: ["1"], trace: (line) => lines.push(line) });
    const socket = connect({ host: "127.0.0.1", port: serving.port });
    socket.end(request("/", close)).resume();
    await serving.ended;
    await serving.stop();
    const text = lines.join("\n");
    expect(text).toMatch(/sock_accept\(fd=3, flags=4, newfd=\S+\) = 0 newfd=4/);
    expect(text).toMatch(/sock_accept\(.*\) = 6 again/);
    expect(text).toMatch(/fd_read\(fd=4, .*\) = 0 nread=\d+/);
    expect(text).toMatch(/fd_write\(fd=4, .*"HTTP\/1.1 200 OK/);
    expect(text).toMatch(/fd_close\(fd=4\) = 0/);
  });
});
