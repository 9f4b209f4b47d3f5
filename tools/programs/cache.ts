// The per-user cache of real programs. It sits beside the checkout, never in it: nothing built or
// fetched is committed. An entry appears whole or not at all, because it is written beside its
// final name and renamed; two builds at once are therefore harmless, the later one is dropped.
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** `$SHOAL_CACHE/programs`, else `$XDG_CACHE_HOME/shoal/programs`, else `~/.cache/shoal/programs`. */
export function cacheDirectory(): string {
  const own = process.env["SHOAL_CACHE"];
  if (own) return join(own, "programs");
  const xdg = process.env["XDG_CACHE_HOME"];
  return join(xdg ? xdg : join(homedir(), ".cache"), "shoal", "programs");
}

/** Twelve hexadecimal digits that change whenever the described thing changes. */
export function fingerprint(description: unknown): string {
  return createHash("sha256").update(JSON.stringify(description)).digest("hex").slice(0, 12);
}

/**
 * Makes the directory `path` by filling a temporary one and renaming it. Does nothing when `path`
 * exists. When `fill` fails nothing is left behind.
 */
export async function makeOnce(path: string, fill: (dir: string) => Promise<void>): Promise<void> {
  if (existsSync(path)) return;
  const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  await mkdir(draft);
  try {
    await fill(draft);
    await rename(draft, path).catch((error: unknown) => {
      // Somebody else finished the same entry first; theirs is as good as ours.
      if (!existsSync(path)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
