// The system answers by HTTP where it is told to, and every later system does, too.
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { SystemStatus } from "../../src/system/index.ts";
import { SystemRig } from "./rig.ts";

let rig: SystemRig;
beforeEach(() => void (rig = new SystemRig()));
afterEach(() => rig.close());

function token(): string {
  return readFileSync(join(rig.directory, "token"), "utf8").trim();
}

async function ask(url: string, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${token()}`, ...headers },
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

it("the system answers by HTTP to whoever has its token", async () => {
  const { http: url, pid } = await rig.json<SystemStatus>("up", "--http");
  expect(statSync(join(rig.directory, "token")).mode & 0o777).toBe(0o600);
  expect(await ask(url!, "/v1/status")).toMatchObject({ status: 200, body: { pid, http: url } });
  expect(await ask(url!, "/v1/programs")).toEqual({ status: 200, body: [] });
  expect((await ask(url!, "/v1/programs", { authorization: "Bearer no" })).status).toBe(401);
  expect((await ask(url!, "/v1/programs", { origin: "https://evil.example" })).status).toBe(403);
});

it("the next system answers at the same place to the same token, until it is told not to", async () => {
  const { http: url } = await rig.json<SystemStatus>("up", "--http");
  const former = token();
  await rig.killSystem();
  const { http } = await rig.json<SystemStatus>("up");
  expect([http, token()]).toEqual([url, former]);
  expect((await ask(url!, "/v1/status")).status).toBe(200);
  expect((await rig.json<SystemStatus>("up", "--no-http")).http).toBe(null);
  await expect(fetch(`${url}/v1/status`)).rejects.toThrow("fetch failed");
});

it("a port that somebody else has is refused, and the system is up all the same", async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
  });
  try {
    expect(await rig.run("up", "--http", `${port}`)).toMatchObject({
      code: 126,
      stderr: expect.stringContaining(`HTTP on port ${port}: listen EADDRINUSE`) as string,
    });
    expect(await rig.status()).toMatchObject({ isUp: true, http: null });
  } finally {
    other.close();
  }
});
