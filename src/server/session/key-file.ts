// The secret and the badges of a durable server in a file of its data directory.
import { join } from "node:path";
import type { KeyRecord, KeyStore } from "./session-keys.ts";
import { readWhole, writeWhole } from "./whole-file.ts";

const fileName = "sessions";
const formatName = "shoal sessions 1";

export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
}

export function keyFile(directory: string): KeyStore {
  const path = join(directory, fileName);
  return {
    read: () => readKeys(path),
    write({ secret, nextBadge }) {
      const text = [formatName, Buffer.from(secret).toString("hex"), nextBadge, "end"].join("\n");
      writeWhole(path, text);
    },
  };
}

function readKeys(path: string): KeyRecord | undefined {
  const text = readWhole(path);
  if (text === undefined) return undefined;
  const [format, secret = "", badge, end] = text.split("\n");
  const nextBadge = Number(badge);
  const isWhole = /^[0-9a-f]{64}$/.test(secret) && Number.isSafeInteger(nextBadge) && end === "end";
  if (format === formatName && isWhole && nextBadge > 0) {
    return { secret: Buffer.from(secret, "hex"), nextBadge };
  }
  throw new KeyFileError(
    `${path} is damaged, or of a later version of shoal: put it back as it was, or remove the whole ` +
      "data directory to begin anew",
  );
}
