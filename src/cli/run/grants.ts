// What the command line grants: trees of files and variables. Whatever is wrong with it ends the command
// before anything runs.
import { statSync } from "node:fs";
import type { Grant } from "../../boot/index.ts";
import { ExitCode } from "../exit-code.ts";
import { errorCode, fail } from "../message.ts";

export interface GrantOptions {
  readonly dir: readonly string[];
  readonly dirReadOnly: readonly string[];
  readonly dirOverlay: readonly string[];
  readonly tempDir: readonly string[];
}

export function grantsOf(options: GrantOptions): Grant[] {
  const grants = [
    ...options.dir.map((text) => hostGrant(text, false)),
    ...options.dirReadOnly.map((text) => hostGrant(text, true)),
    ...options.dirOverlay.map(overlayGrant),
    ...options.tempDir.map((guest): Grant => ({ guest, host: undefined, isReadOnly: false })),
  ];
  const seen = new Set<string>();
  for (const { guest } of grants) {
    if (seen.has(guest))
      fail(`"${guest}" is granted twice: give each tree a name of its own`, ExitCode.usage);
    seen.add(guest);
  }
  return grants;
}

/** `host` or `host::guest`. */
function hostGrant(text: string, isReadOnly: boolean): Grant {
  const [host = "", guest = host, ...more] = text.split("::");
  if (host === "" || guest === "" || more.length > 0)
    fail(`--dir takes HOST or HOST::GUEST, not "${text}"`, ExitCode.usage);
  mustBeDirectory(host, `--dir ${text}`);
  return { guest, host, isReadOnly };
}

/** `host`, `host::guest` or `host::guest::changes`. */
function overlayGrant(text: string): Grant {
  const [host = "", guest = host, changes, ...more] = text.split("::");
  if (host === "" || guest === "" || changes === "" || more.length > 0) {
    const forms = "HOST, HOST::GUEST or HOST::GUEST::CHANGES";
    fail(`--dir-overlay takes ${forms}, not "${text}"`, ExitCode.usage);
  }
  mustBeDirectory(host, `--dir-overlay ${text}`);
  const grant = { guest, host, isReadOnly: false };
  if (changes === undefined) return { ...grant, changes: "memory" };
  mustBeDirectory(changes, `--dir-overlay ${text}`);
  return { ...grant, changes: { host: changes } };
}

function mustBeDirectory(host: string, option: string): void {
  try {
    if (statSync(host).isDirectory()) return;
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    fail(`${option}: there is no directory "${host}"`, ExitCode.usage);
  }
  fail(`${option}: "${host}" is not a directory`, ExitCode.usage);
}

/** NAME=VALUE, or NAME for the value it has here. */
export function setting(text: string): string {
  if (text.includes("=")) return text;
  const value = process.env[text];
  if (value === undefined)
    fail(`--env ${text}: it is not set here; give ${text}=VALUE`, ExitCode.usage);
  return `${text}=${value}`;
}
