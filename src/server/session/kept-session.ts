// What a durable client keeps of its session with a server, so that after the loss of its cell it goes on
// with the same one. Which number its next request has is not kept: the client's log says how many it has
// had answered, and so knows more than any file written beside it could.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { KeyFileError } from "./key-file.ts";
import { readWhole, removeWhole, writeWhole } from "./whole-file.ts";

export interface KeptSession {
  readonly number: number;
  /** 0 until the server's gateway has given one. */
  readonly badge: number;
  readonly token: readonly number[];
  readonly epoch: number;
  /** Requests that the client had had answered when the session began. */
  readonly answeredBefore: number;
}

export interface KeptSessionStore {
  read(): KeptSession | undefined;
  /** Durable when it returns. */
  write(session: KeptSession): void;
  remove(): void;
}

const formatName = "shoal connection 1";

const filePrefix = "connection-";

/** `program`: which of several that are joined, from 0. No name of a server has an @ in it. */
export function keptSessionFile(
  directory: string,
  serverName: string,
  program = 0,
): KeptSessionStore {
  const suffix = program === 0 ? "" : `@${program + 1}`;
  const path = join(directory, `${filePrefix}${serverName}${suffix}`);
  return {
    read: () => readSession(path),
    write({ number, badge, token, epoch, answeredBefore }) {
      const words = [number, badge, epoch, answeredBefore, ...token];
      writeWhole(path, [formatName, ...words, "end", ""].join("\n"));
    },
    remove: () => removeWhole(path),
  };
}

/** For a program that begins anew: its log, which said what was answered to it, is gone. */
export function forgetKeptSessions(directory: string): void {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const files = names.filter((name) => name.startsWith(filePrefix));
  for (const name of files) removeWhole(join(directory, name));
}

function readSession(path: string): KeptSession | undefined {
  const text = readWhole(path);
  if (text === undefined) return undefined;
  const [format, ...lines] = text.split("\n");
  const written = lines.slice(0, Math.max(0, lines.indexOf("end")));
  const [number, badge, epoch, answeredBefore, ...token] = written.map(Number);
  const isWhole = written.every((line) => /^-?\d+$/.test(line)) && token.length === 4;
  if (format !== formatName || !isWhole) {
    throw new KeyFileError(`${path} is damaged, or of a later version of shoal: put it back`);
  }
  return { number: number!, badge: badge!, epoch: epoch!, answeredBefore: answeredBefore!, token };
}
