// Lets a server begin anew, with another program: what it has heard, and its images, are set aside and not removed.
// Its name, its directories, its clock and the badges of its clients stay.
//
// Whatever this is lost in the middle of is refused when the server is started next, and can be done again: first
// the images go, which are of the old program; then the program is another; and then the log goes.
import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { forgetKeptSessions } from "../../server/session/index.ts";

/**
 * Of a server that nobody runs. `replace` puts the other program in its place. Answers the directory in which the
 * log and the images are now. The sessions that it had with servers of others are ended.
 */
export function beginAnew(directory: string, replace: () => void): string {
  const names = readdirSync(directory);
  const numbers = names.flatMap((name) => /^before-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  const before = join(directory, `before-${Math.max(0, ...numbers) + 1}`);
  mkdirSync(before, { mode: 0o700 });
  const setAside = (name: string): void => renameSync(join(directory, name), join(before, name));
  for (const name of names) if (/^images(-\d+)?$/.test(name)) setAside(name);
  replace();
  if (existsSync(join(directory, "log"))) setAside("log");
  forgetKeptSessions(directory);
  return before;
}
