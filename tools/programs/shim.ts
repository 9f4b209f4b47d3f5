// The C files of shim/: the little that a WASI libc leaves out of what foreign programs name, and
// one program of our own.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const shimDirectory = fileURLToPath(new URL("shim", import.meta.url));

/**
 * The text of every file in shim/ that the compiler's words name, or whose folder they name: part
 * of the cache key, so that a program is built again only when what it uses has changed.
 */
export function shimText(words: readonly string[]): string {
  const found = readdirSync(shimDirectory, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((item) => item.isFile())
    .map((file) => join(file.parentPath, file.name));
  const used = paths.filter((path) => {
    const [first] = relative(shimDirectory, path).split("/");
    return words.some((word) => word.endsWith(`shim/${first}`));
  });
  return used
    .toSorted()
    .map((path) => readFileSync(path, "utf8"))
    .join("\0");
}
