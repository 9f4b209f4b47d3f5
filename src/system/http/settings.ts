// Whether the system answers by HTTP, where, and to whom. It is kept, so that every later system does the same
// and what was configured with the token goes on working.
import { join } from "node:path";
import { readWhole, removeWhole, writeWhole } from "../../server/session/index.ts";
import type { SystemPlace } from "../system-place.ts";

export interface HttpSettings {
  readonly port: number;
  readonly token: string;
}

const tokenBytes = 32;

/** What to say to be answered, by itself in a file: for a shell to read. */
export function tokenFile({ directory }: SystemPlace): string {
  return join(directory, "token");
}

function portFile({ directory }: SystemPlace): string {
  return join(directory, "http");
}

/** Undefined if it does not answer by HTTP. */
export function readHttpSettings(place: SystemPlace): HttpSettings | undefined {
  const port = Number(readWhole(portFile(place)) ?? Number.NaN);
  const token = readWhole(tokenFile(place))?.trim() ?? "";
  return Number.isInteger(port) && token !== "" ? { port, token } : undefined;
}

/** The token is made once. */
export function keepHttpSettings(place: SystemPlace, port: number): HttpSettings {
  const { randomBytes } = process.getBuiltinModule("node:crypto");
  const former = readWhole(tokenFile(place))?.trim() ?? "";
  const token = former === "" ? randomBytes(tokenBytes).toString("base64url") : former;
  writeWhole(tokenFile(place), `${token}\n`);
  writeWhole(portFile(place), `${port}\n`);
  return { port, token };
}

/** The token goes with it: whoever has it has it no more. */
export function forgetHttpSettings(place: SystemPlace): void {
  removeWhole(portFile(place));
  removeWhole(tokenFile(place));
}
