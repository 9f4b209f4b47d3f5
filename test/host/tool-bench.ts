// Clients of the Model Context Protocol, with servers that know nothing of Shoal behind `shoal attach`; and
// the processes in between, each of which can be killed.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import type { ClientCapabilities } from "@modelcontextprotocol/sdk/types.js";
import { childrenOf, shoal } from "./command-bench.ts";

export const targets = ["server", "cell", "supervisor"] as const;
export type Target = (typeof targets)[number];

/** A published server, as npm installed it. */
export function published(name: string): readonly string[] {
  const path = `../../node_modules/@modelcontextprotocol/server-${name}/dist/index.js`;
  return [process.execPath, fileURLToPath(new URL(path, import.meta.url))];
}

export interface Attached {
  readonly client: Client;
  /** What the command has said on standard error. */
  readonly said: () => string;
  /** Ends when the handshake is over. */
  readonly ready: Promise<void>;
}

export class ToolBench {
  readonly directory = mkdtempSync(join(tmpdir(), "shoal-tools-"));
  readonly #names = new Set<string>();
  readonly #clients: Client[] = [];

  /** Begins a session; what the client can do is set up by `prepare`, before the handshake. */
  attach(
    name: string,
    command: readonly string[],
    options: {
      readonly words?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
      readonly capabilities?: ClientCapabilities;
      readonly prepare?: (client: Client) => void;
    } = {},
  ): Attached {
    this.#names.add(name);
    const { words = [], env = {}, capabilities = {}, prepare } = options;
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [shoal, "attach", ...words, name, "--", ...command],
      env: { ...inherited(), ...this.variables(), ...env },
      stderr: "pipe",
    });
    let said = "";
    transport.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const client = new Client({ name: "test", version: "1.0.0" }, { capabilities });
    this.#clients.push(client);
    prepare?.(client);
    return { client, said: () => said, ready: client.connect(transport, { timeout: 60_000 }) };
  }

  variables(): Record<string, string> {
    return {
      XDG_RUNTIME_DIR: join(this.directory, "run"),
      XDG_DATA_HOME: join(this.directory, "data"),
    };
  }

  /** The processes of a name: there may be none just now. */
  pids(name: string): Partial<Record<Target, number>> {
    const supervisor = ownerOf(join(this.directory, "run", "shoal", name, "owner"));
    const cell = supervisor === undefined ? undefined : childrenOf(supervisor)[0];
    const server = cell === undefined ? undefined : childrenOf(cell)[0];
    return { ...(supervisor && { supervisor }), ...(cell && { cell }), ...(server && { server }) };
  }

  /** False if it was not there. */
  kill(name: string, target: Target): boolean {
    const pid = this.pids(name)[target];
    return pid !== undefined && send(pid, "SIGKILL");
  }

  holderLog(name: string): string {
    return readFileSync(join(this.directory, "data", "shoal", name, "holder.log"), "utf8");
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close();
    for (const name of this.#names) await this.#end(name);
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  async #end(name: string): Promise<void> {
    const { supervisor } = this.pids(name);
    if (supervisor === undefined || !send(supervisor, "SIGTERM")) return;
    while (send(supervisor, 0)) await pause(5);
  }
}

function inherited(): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME };
}

function ownerOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8").split(" ")[0]);
    return pid > 0 && send(pid, 0) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
