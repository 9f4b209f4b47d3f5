// Errors of node:fs as errnos. Node names them as POSIX does, and so do we.
import { Errno } from "../../userlib/index.ts";

const names = new Map<string, number>(
  Object.entries(Errno).map(([name, errno]) => [`E${name.toUpperCase()}`, errno]),
);
names.set("E2BIG", Errno.toobig);
names.set("EOPNOTSUPP", Errno.notsup);
names.set("ENOTCONN", Errno.notconn);

/** The errno of an error thrown by node:fs. Anything else is a mistake of ours and goes on. */
export function errnoOf(error: unknown): number {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!code.startsWith("E")) throw error;
  return names.get(code) ?? Errno.io;
}

/** Runs a call of node:fs; answers 0 or an errno. */
export function attempt(run: () => void): number {
  try {
    run();
    return Errno.success;
  } catch (error) {
    return errnoOf(error);
  }
}

/** Runs a call of node:fs; answers its number or a negative errno. */
export function attemptNumber(run: () => number): number {
  try {
    return run();
  } catch (error) {
    return -errnoOf(error);
  }
}

/** Runs a call of node:fs; answers its object or an errno. */
export function attemptObject<Result extends object | string>(run: () => Result): Result | number {
  try {
    return run();
  } catch (error) {
    return errnoOf(error);
  }
}
