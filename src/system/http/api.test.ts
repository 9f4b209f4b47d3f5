// Who is answered by HTTP, and what.
import { describe, expect, it } from "vitest";
import { Hono } from "hono";
import type { ProgramStatus } from "../system-request.ts";
import { makeApi } from "./api.ts";

const port = 7433;
const token = "a-secret";

const program: ProgramStatus = {
  name: "kv",
  state: "running",
  pid: 7,
  level: "host",
  epoch: 1,
  restarts: 0,
  startedAt: null,
  cpuSeconds: null,
  memoryBytes: null,
  answered: 0,
  open: 0,
  group: null,
  words: [],
  end: null,
};

const api = makeApi({
  port,
  token,
  status: () => ({
    pid: 1,
    version: "0.1.0",
    startedAt: "",
    directory: "/",
    programs: 1,
    running: 1,
    http: null,
  }),
  list: () => [program],
  tools: new Hono(),
  output: () => [
    { time: "t", stream: "out", isWhole: true, bytes: Buffer.from("a") },
    { time: "t", stream: "err", isWhole: true, bytes: Buffer.from("b") },
  ],
});

const good = { host: `127.0.0.1:${port}`, authorization: `Bearer ${token}` };

async function get(path: string, headers: Record<string, string> = good) {
  const response = await api.request(`http://x${path}`, { headers });
  return { status: response.status, body: (await response.json()) as unknown };
}

describe("the HTTP face of the system", () => {
  it("tells whoever has the token what the socket tells", async () => {
    expect(await get("/v1/status")).toMatchObject({ status: 200, body: { pid: 1 } });
    expect(await get("/v1/programs")).toEqual({ status: 200, body: [program] });
    expect(await get("/v1/programs/kv")).toEqual({ status: 200, body: program });
    expect(await get("/v1/programs/kv/output?lines=1")).toEqual({
      status: 200,
      body: [{ time: "t", stream: "err", isWhole: true, text: "b" }],
    });
  });

  it.each([
    ["without a token", { host: good.host }, 401],
    ["with another token", { ...good, authorization: "Bearer a-secreT" }, 401],
    ["with the token in another manner", { ...good, authorization: `Basic ${token}` }, 401],
    ["under another name", { ...good, host: `evil.example:${port}` }, 421],
    ["under another port", { ...good, host: "127.0.0.1:80" }, 421],
    ["without a name", { authorization: good.authorization }, 421],
    ["from a page elsewhere", { ...good, origin: "https://evil.example" }, 403],
    ["from a page of no origin", { ...good, origin: "null" }, 403],
    ["from a page at another port", { ...good, origin: "http://127.0.0.1:80" }, 403],
  ])("refuses who asks %s", async (_, headers, status) => {
    expect(await get("/v1/programs", headers)).toMatchObject({
      status,
      body: { error: expect.any(String) as string },
    });
  });

  it.each([["localhost"], ["[::1]"], ["127.0.0.1"]])(
    "answers as %s, also to its own pages",
    async (name) => {
      const headers = { ...good, host: `${name}:${port}`, origin: `http://${name}:${port}` };
      expect((await get("/v1/status", headers)).status).toBe(200);
    },
  );

  it.each([
    ["/v1/programs/other", 404],
    ["/v1/programs/other/output", 404],
    ["/v1/programs/..%2F..%2Fkv/output", 404],
    ["/v1/programs/kv/output?lines=0", 400],
    ["/v1/programs/kv/output?lines=all", 400],
    ["/v1/else", 404],
    ["/", 404],
  ])("has nothing at %s", async (path, status) => {
    expect(await get(path)).toMatchObject({
      status,
      body: { error: expect.any(String) as string },
    });
  });

  it("changes nothing: what is not for looking is not there", async () => {
    const response = await api.request("http://x/v1/programs/kv", {
      method: "DELETE",
      headers: good,
    });
    expect(response.status).toBe(404);
  });
});
