// Prepared modules on disk, one file for each (program, options, preparer version). A cache is only
// a saving of time: whatever goes wrong with it is treated as "not there", and an entry is believed
// only when its digest fits. Entries appear whole, by renaming, so any number of processes may
// share one.
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir, platform } from "node:os";
import { join } from "node:path";

// An entry is the magic, the SHA-256 of the rest, and the module.
const magic = Buffer.from("shoalmod");
const digestBytes = 32;
const headBytes = magic.length + digestBytes;
const extension = ".prepared";

/** Beyond this the entries used longest ago are removed. */
const cacheBytesMax = 1024 ** 3;

/** Where prepared modules are kept when nothing else is said. */
export function defaultCacheDirectory(environment = process.env, home = homedir()): string {
  return join(userCacheDirectory(environment, home), "modules");
}

function userCacheDirectory(environment: NodeJS.ProcessEnv, home: string): string {
  if (environment["SHOAL_CACHE"]) return environment["SHOAL_CACHE"];
  if (environment["XDG_CACHE_HOME"]) return join(environment["XDG_CACHE_HOME"], "shoal");
  if (platform() === "darwin") return join(home, "Library", "Caches", "shoal");
  if (environment["LOCALAPPDATA"]) return join(environment["LOCALAPPDATA"], "shoal");
  return join(home, ".cache", "shoal");
}

function digest(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function entryPath(directory: string, key: string): string {
  return join(directory, key + extension);
}

/** The cached module, or undefined when there is none that can be believed. */
export async function readCache(directory: string, key: string): Promise<Uint8Array | undefined> {
  const path = entryPath(directory, key);
  try {
    const entry = await readFile(path);
    const module = entry.subarray(headBytes);
    const isWhole =
      entry.length > headBytes &&
      entry.subarray(0, magic.length).equals(magic) &&
      entry.subarray(magic.length, headBytes).equals(digest(module));
    if (!isWhole) return undefined;
    const now = new Date();
    await utimes(path, now, now).catch(() => {}); // only the order of removal depends on it
    return new Uint8Array(module.buffer, module.byteOffset, module.length);
  } catch {
    return undefined;
  }
}

/** Keeps a module for the next time; a directory that cannot be written to means no cache. */
export async function writeCache(
  directory: string,
  key: string,
  module: Uint8Array,
): Promise<void> {
  const path = entryPath(directory, key);
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(draft, Buffer.concat([magic, digest(module), module]), { mode: 0o600 });
    await rename(draft, path);
    await removeOldest(directory);
  } catch {
    await rm(draft, { force: true }).catch(() => {});
  }
}

async function removeOldest(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.includes(extension));
  const entries = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      const { size, mtimeMs } = await stat(path);
      return { path, size, mtimeMs };
    }),
  );
  entries.sort((one, other) => other.mtimeMs - one.mtimeMs);
  let totalBytes = 0;
  for (const { path, size } of entries) {
    totalBytes += size;
    if (totalBytes > cacheBytesMax) await rm(path, { force: true });
  }
}
