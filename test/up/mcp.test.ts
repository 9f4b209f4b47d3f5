// A tool server of the background system, called by HTTP with the official client: what it answers, what it asks
// back, its progress, and what becomes of a session when the server and its holder are killed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
  CreateMessageRequestSchema,
  type CreateMessageResult,
} from "@modelcontextprotocol/sdk/types.js";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { SystemStatus } from "../../src/system/index.ts";
import { SystemRig } from "./rig.ts";

const packages = createRequire(import.meta.url);
const everything = join(
  dirname(packages.resolve("@modelcontextprotocol/server-everything/package.json")),
  "dist",
  "index.js",
);

let rig: SystemRig;
let url = "";
const clients: Client[] = [];

beforeEach(async () => {
  rig = new SystemRig();
  const { http } = await rig.json<SystemStatus>("up", "--http");
  url = http!;
  const command = ["--", process.execPath, everything];
  expect((await rig.run("run", "--detach", "--durable", "--name", "all", ...command)).code).toBe(0);
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await rig.close();
});

function headers(): Record<string, string> {
  const token = readFileSync(join(rig.directory, "token"), "utf8").trim();
  return { authorization: `Bearer ${token}` };
}

async function connect(): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { capabilities: { sampling: {} } });
  const requestInit = { headers: headers() };
  client.setRequestHandler(CreateMessageRequestSchema, (): CreateMessageResult => ({
    model: "none",
    role: "assistant",
    content: { type: "text", text: "sampled" },
  }));
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp/all`), { requestInit });
  // Its type says that it may have no session yet, which this option of the compiler minds.
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  clients.push(client);
  return client;
}

const echo = (client: Client, message: string) =>
  client.callTool({ name: "echo", arguments: { message } });

it("a tool server answers by HTTP, and reports its progress", async () => {
  const client = await connect();
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain("echo");
  expect(await echo(client, "a")).toMatchObject({ content: [{ text: "Echo: a" }] });
  const seen: number[] = [];
  const long = { name: "trigger-long-running-operation", arguments: { duration: 1, steps: 4 } };
  await client.callTool(long, undefined, { onprogress: ({ progress }) => seen.push(progress) });
  expect(seen).toEqual([1, 2, 3, 4]);
});

it("a tool server asks its client back by HTTP", async () => {
  const client = await connect();
  const tool = { name: "trigger-sampling-request", arguments: { prompt: "x", maxTokens: 5 } };
  expect(JSON.stringify(await client.callTool(tool))).toContain("sampled");
});

it("a session by HTTP survives the server and its holder", async () => {
  const client = await connect();
  await echo(client, "a");
  expect((await rig.run("kill", "-s", "KILL", "all")).code).toBe(0);
  expect(await echo(client, "b")).toMatchObject({ content: [{ text: "Echo: b" }] });
});

it("sessions by HTTP are apart, are ended by their clients, and are none without the token", async () => {
  const [one, other] = [await connect(), await connect()];
  await (one.transport as StreamableHTTPClientTransport).terminateSession();
  expect(await echo(other, "b")).toMatchObject({ content: [{ text: "Echo: b" }] });
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: {} });
  const post = (path: string, more: Record<string, string>) =>
    fetch(`${url}${path}`, { method: "POST", headers: more, body }).then(({ status }) => status);
  expect(await post("/mcp/all", {})).toBe(401);
  expect(await post("/mcp/none", headers())).toBe(404);
  expect(await post("/mcp/all", { ...headers(), origin: "http://evil.example" })).toBe(403);
});
