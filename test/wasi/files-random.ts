// Random calls on a file tree, for comparing two trees call by call: the same seed is the same calls, and
// what a step answers can be compared with what it answers elsewhere.
import type { Random } from "../../src/base/index.ts";
import { OpenFlag } from "../../src/userlib/index.ts";
import { bothRights, type Guest, readRight, type Stat, writeRight } from "./guest.ts";

/** Steps told of when one is answered differently. */
const stepsKept = 12;
const names = ["a", "b", "c", "d"];
const rightSets = [readRight, writeRight, bothRights];

function pathOf(random: Random): string {
  const depth = random.between(1, 3);
  const parts = Array.from({ length: depth }, () =>
    random.chance(1, 12) ? random.pick([".", ".."]) : random.pick(names),
  );
  return parts.join("/") + (random.chance(1, 8) ? "/" : "");
}

/** One step: what it is called, and what a guest answers to it. */
export interface Step {
  readonly title: string;
  readonly run: (g: Guest) => unknown;
}

export function stepOf(random: Random): Step {
  const [path, other] = [pathOf(random), pathOf(random)];
  const fd = random.between(4, 9);
  const follow = random.chance(1, 2);
  const text = "x".repeat(random.between(0, 40));
  const offset = random.between(0, 60);
  const flags = random.below(16) & ~(random.chance(3, 4) ? OpenFlag.directory : 0);
  const rights = random.pick(rightSets);
  const whence = random.below(3);
  const step = (title: string, run: (g: Guest) => unknown): Step => ({ title, run });
  const kinds: readonly (() => Step)[] = [
    () =>
      step(`open ${path} flags ${flags} rights ${rights} follow ${follow}`, (g) =>
        g.open(path, { flags, rights, follow }),
      ),
    () => step(`close ${fd}`, (g) => g.close(fd)),
    () => step(`write ${fd} ${text.length}`, (g) => g.write(fd, text)),
    () => step(`pwrite ${fd} at ${offset}`, (g) => g.pwrite(fd, text, BigInt(offset))),
    () => step(`read ${fd}`, (g) => g.read(fd, 30)),
    () =>
      step(`seek ${fd} ${offset - 30} from ${whence}`, (g) =>
        g.seek(fd, BigInt(offset - 30), whence),
      ),
    () => step(`resize ${fd} ${offset}`, (g) => g.call("fd_filestat_set_size", fd, BigInt(offset))),
    () => step(`append ${fd}`, (g) => g.call("fd_fdstat_set_flags", fd, offset & 1)),
    () => step(`mkdir ${path}`, (g) => g.mkdir(path)),
    () => step(`mkdir ${other}`, (g) => g.mkdir(other)),
    () => step(`rmdir ${path}`, (g) => g.rmdir(path)),
    () => step(`unlink ${path}`, (g) => g.unlink(path)),
    () => step(`symlink ${other} ${path}`, (g) => g.symlink(other, path)),
    () => step(`readlink ${path}`, (g) => g.readlink(path)),
    () => step(`link ${path} ${other} follow ${follow}`, (g) => g.link(path, other, follow)),
    () => step(`rename ${path} ${other}`, (g) => g.rename(path, other)),
    () => step(`stat ${path} follow ${follow}`, (g) => comparable(g.stat(path, follow))),
    () => step(`fstat ${fd}`, (g) => comparable(g.fstat(fd))),
    () => step(`list ${path}`, (g) => list(g, path)),
  ];
  return random.pick(kinds)();
}

/** Makes the same calls on both, and says what differed, with the calls before it. */
export function firstDifference(
  random: Random,
  steps: number,
  one: Guest,
  other: Guest,
): string | undefined {
  const recent: string[] = [];
  for (let i = 0; i < steps; i++) {
    const { title, run } = stepOf(random);
    recent.push(title);
    const [answer, expected] = [print(run(one)), print(run(other))];
    if (answer === expected) continue;
    return `${recent.slice(-stepsKept).join("; ")}: ${answer}, and not ${expected}`;
  }
  return undefined;
}

function print(answer: unknown): string {
  return JSON.stringify(answer, (_, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  );
}

/** What of a stat means the same on every file system: not the size of a directory, not its links. */
function comparable(stat: Stat | number): unknown {
  if (typeof stat === "number") return stat;
  const isDirectory = stat.type === 3;
  return { type: stat.type, ...(isDirectory ? {} : { size: stat.size, links: stat.links }) };
}

function list(g: Guest, path: string): unknown {
  const fd = g.open(path, { flags: OpenFlag.directory });
  if (fd < 0) return fd;
  const listing = g.readdir(fd, 4096);
  g.close(fd);
  if (typeof listing === "number") return listing;
  return listing.entries.map(({ name, type }) => `${name}:${type}`).sort();
}

/** Everything below a path, with the contents of files. */
export function everything(g: Guest, path = "."): string[] {
  const found = list(g, path);
  if (!Array.isArray(found)) throw new RangeError(`cannot list ${path}`);
  return found.flatMap((entry: string) => {
    const [name, type] = entry.split(":");
    const inner = `${path}/${name}`;
    if (name === "." || name === "..") return [];
    if (type === "3") return [`${inner}/`, ...everything(g, inner)];
    return [`${inner} ${type === "7" ? g.readlink(inner) : g.content(inner)}`];
  });
}
