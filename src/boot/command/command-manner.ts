// What is run for a session, and how: kept with the session, so that a later holder runs the same.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the state of a server is that its requests change: outside of it, or nowhere but in its memory. */
export const stateModes = ["outside", "memory"] as const;
export type StateMode = (typeof stateModes)[number];

/** What the command speaks: JSON-RPC in lines, or bytes that only it understands. */
export const protocols = ["json-rpc", "bytes"] as const;
export type Protocol = (typeof protocols)[number];

export interface CommandManner {
  readonly file: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly state: StateMode;
  readonly protocol: Protocol;
}

const folder = "commands";
const fileName = "command.json";
const idPattern = /^[0-9a-f]{32}$/;

export function sessionDirectory(data: string, id: string): string {
  return join(data, folder, id);
}

/** The sessions that a data directory has. */
export function keptSessions(data: string): string[] {
  mkdirSync(join(data, folder), { recursive: true, mode: 0o700 });
  return readdirSync(join(data, folder)).filter((name) => idPattern.test(name));
}

export function keepManner(data: string, id: string, manner: CommandManner): void {
  keepCommand(sessionDirectory(data, id), manner);
}

/** Undefined for a session that was not wholly made. */
export function readManner(data: string, id: string): CommandManner | undefined {
  return readCommand(sessionDirectory(data, id));
}

/** Of a session, or, in a data directory, for those who do not say what to run. */
export function keepCommand(directory: string, manner: CommandManner): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // The variables may be secrets: nobody else may read the file.
  const path = join(directory, fileName);
  writeFileSync(`${path}.new`, JSON.stringify(manner), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function readCommand(directory: string): CommandManner | undefined {
  try {
    const text = readFileSync(join(directory, fileName), "utf8");
    return mannerOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function removeSession(data: string, id: string): void {
  rmSync(sessionDirectory(data, id), { recursive: true, force: true });
}

/** What somebody says is one; undefined if it is none. */
export function mannerOf(value: unknown): CommandManner | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { file, args, directory, env, state, protocol } = value as Partial<CommandManner>;
  if (typeof file !== "string" || typeof directory !== "string" || !Array.isArray(args)) {
    return undefined;
  }
  if (typeof env !== "object" || !args.every((arg) => typeof arg === "string")) return undefined;
  return {
    file,
    args,
    directory,
    env,
    state: state === "memory" ? "memory" : "outside",
    protocol: protocol === "bytes" ? "bytes" : "json-rpc",
  };
}
