// Who takes part in the cases of the kill grid: its programs, and servers and clients that run them.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DurableLevel } from "../../src/boot/index.ts";
import { compileC, compileHostedC } from "../sdk/compile.ts";
import type { Kill } from "./grid-faults.ts";
import type { GridMember } from "./kill-grid.ts";

/** Modules, by their paths. */
export interface GridPrograms {
  readonly server: string;
  readonly client: string;
  /** Calls the server for each of its own clients' requests. */
  readonly relay: string;
}

export interface GridCase {
  readonly name: string;
  /** The first has the effects. */
  readonly servers: readonly GridMember[];
  readonly clients: readonly GridMember[];
  /** Requests of each client, where they are not those of the options. */
  readonly rounds?: number | undefined;
}

/** So that there are images to be lost at: each is written by a thread beside the program. */
const roundsWithImages = 150;
const killsAtImages = 4;

/** Cases about images: longer, and at the end undisturbed. */
export function withImages(options: CaseOptions): CaseOptions {
  return { ...options, rounds: roundsWithImages };
}

export function atImages(kill: Kill): (life: number) => Kill | undefined {
  return (life) => (life <= killsAtImages ? kill : undefined);
}

export interface CaseOptions {
  readonly programs: GridPrograms;
  /** Requests of each client. */
  readonly rounds: number;
}

export async function compileGrid(directory: string): Promise<GridPrograms> {
  mkdirSync(directory, { recursive: true });
  const relay = join(directory, "relay.wasm");
  writeFileSync(relay, await compileC("test/session/relay.c"));
  const server = await compileHostedC("test/recovery/kill-grid-server.c");
  const client = await compileHostedC("test/recovery/kill-grid-client.c");
  return { server, client, relay };
}

export function serverOf(
  { programs }: CaseOptions,
  level: DurableLevel,
  more: Partial<GridMember> = {},
): GridMember {
  return { name: "server", program: programs.server, level, ...more };
}

export function clientOf(
  { programs, rounds }: CaseOptions,
  number: number,
  more: Partial<GridMember> = {},
): GridMember {
  const args = [`${number}`, `${rounds}`];
  return { name: `client${number}`, program: programs.client, args, calls: "server", ...more };
}
