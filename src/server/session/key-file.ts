// The secret and the badges of a durable server in a file of its data directory. It is written beside
// itself and renamed, so it is whole whenever anybody reads it.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { KeyRecord, KeyStore } from "./session-keys.ts";

const fileName = "sessions";
const formatName = "shoal sessions 1";

export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
}

export function keyFile(directory: string): KeyStore {
  const path = join(directory, fileName);
  return {
    read: () => readKeys(path),
    write(record) {
      const draft = `${path}.${process.pid}`;
      const fd = openSync(draft, "w", 0o600);
      const secret = Buffer.from(record.secret).toString("hex");
      writeSync(fd, `${formatName}\n${secret}\n${record.nextBadge}\n`);
      fsyncSync(fd);
      closeSync(fd);
      renameSync(draft, path);
      syncDirectory(directory);
    },
  };
}

function readKeys(path: string): KeyRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const [format, secret = "", badge] = text.split("\n");
  const nextBadge = Number(badge);
  const isWhole = /^[0-9a-f]{64}$/.test(secret) && Number.isSafeInteger(nextBadge);
  if (format === formatName && isWhole && nextBadge > 0) {
    return { secret: Buffer.from(secret, "hex"), nextBadge };
  }
  throw new KeyFileError(
    `${path} is damaged, or of a later version of shoal: put it back as it was, or remove the whole ` +
      "data directory to begin anew",
  );
}

function syncDirectory(directory: string): void {
  const fd = openSync(directory, "r");
  fsyncSync(fd);
  closeSync(fd);
}
