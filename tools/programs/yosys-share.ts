// Yosys reads its technology libraries from "/share". The npm package carries them inside a
// JavaScript file; they are unpacked once into the cache, beside the programs built there.
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory, makeOnce } from "./cache.ts";

/** A directory of the package: text, a file beside the package's module, or a directory. */
interface Folder {
  readonly [name: string]: string | URL | Folder;
}

/** The path of the unpacked share directory of this version of Yosys. */
export async function yosysShare(version: string): Promise<string> {
  const entry = join(cacheDirectory(), `yosys-share-${version}`);
  await makeOnce(entry, async (draft) => {
    const resources = new URL("resources-yosys.js", import.meta.resolve("@yowasp/yosys"));
    // The package describes this file to nobody; its shape was read off version 0.55.
    const { filesystem } = (await import(resources.href)) as { filesystem: { share: Folder } };
    await unpack(filesystem.share, join(draft, "share"));
  });
  return join(entry, "share");
}

async function unpack(folder: Folder, path: string): Promise<void> {
  await mkdir(path);
  for (const [name, item] of Object.entries(folder)) {
    const target = join(path, name);
    if (typeof item === "string") await writeFile(target, item);
    else if (item instanceof URL) await cp(item, target);
    else await unpack(item, target);
  }
}
