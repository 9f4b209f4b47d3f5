// Walking a path, component by component, from an open directory. Every directory on the way is opened
// in the one before it and kept open, so that ".." is the directory we came from and not what the host
// takes it for by then: a walk cannot leave its base, whatever is renamed or swapped meanwhile. Links
// are read and walked in the same way; an absolute one leads nowhere, since nothing above the base
// was granted.
import { Errno, nameBytesMax, pathBytesMax } from "../../userlib/index.ts";
import type { OpenDirectory } from "./file-tree.ts";

const linksMax = 40;

/** Where a walk ended: a directory and a name in it that was not looked at. */
export interface Place {
  readonly directory: OpenDirectory;
  /** Empty if the path ended in the directory itself: "." or "..". */
  readonly name: string;
  /** How the path ended, for the calls that may not end so. */
  readonly last: "name" | "." | "..";
  /** The path ended in a slash: only a directory will do. */
  readonly isSlashed: boolean;
}

/**
 * Walks and calls `act` on the place; answers what it answers. If that is `Errno.loop`, the place is
 * a link: with `isFollowing`, or a slash at the end, the walk goes on from there.
 */
export function walk<Result>(
  base: OpenDirectory,
  path: string,
  isFollowing: boolean,
  act: (place: Place) => Result | number,
): Result | number {
  const result = walkAtOnce(base, path, act);
  if (result !== undefined && result !== Errno.loop) return result;
  const stack = [base];
  try {
    return walkFrom(stack, path, isFollowing, act);
  } finally {
    while (stack.length > 1) stack.pop()!.close();
  }
}

/** Where the tree can, to the last directory in one step. Undefined if that is in doubt. */
function walkAtOnce<Result>(
  base: OpenDirectory,
  path: string,
  act: (place: Place) => Result | number,
): Result | number | undefined {
  const slash = path.lastIndexOf("/");
  if (slash <= 0 || base.enterPath === undefined || !isPlain(path)) return undefined;
  const directory = base.enterPath(path.slice(0, slash));
  if (directory === undefined || typeof directory === "number") return directory;
  try {
    return act({ directory, name: path.slice(slash + 1), last: "name", isSlashed: false });
  } finally {
    directory.close();
  }
}

const slashCode = 0x2f;
const dotCode = 0x2e;

/** Whether a path is names alone: none empty, ".", ".." or too long, and no zeros. */
function isPlain(path: string): boolean {
  if (path.length > pathBytesMax) return false;
  let start = 0;
  for (let at = 0; at <= path.length; at++) {
    const code = at === path.length ? slashCode : path.charCodeAt(at);
    if (code === 0) return false;
    if (code !== slashCode) continue;
    const bytes = at - start;
    if (bytes === 0 || bytes > nameBytesMax) return false;
    if (path.charCodeAt(start) === dotCode && isDots(path, start, bytes)) return false;
    start = at + 1;
  }
  return true;
}

/** Whether a name that begins with a dot is "." or "..". */
function isDots(path: string, start: number, bytes: number): boolean {
  return bytes === 1 || (bytes === 2 && path.charCodeAt(start + 1) === dotCode);
}

function walkFrom<Result>(
  stack: OpenDirectory[],
  path: string,
  isFollowing: boolean,
  act: (place: Place) => Result | number,
): Result | number {
  let refused = checkPath(path);
  if (refused !== 0) return refused;
  let isSlashed = path.endsWith("/");
  let rest = componentsOf(path);
  for (let links = 0; links <= linksMax; links++) {
    // Walks as far as it can: to the end, or to a link that has to be read.
    refused = enterAll(stack, rest);
    const directory = stack.at(-1)!;
    if (refused === 0) {
      const last = rest[0];
      const place: Place =
        last === "." || last === ".."
          ? { directory, name: "", last, isSlashed }
          : { directory, name: last, last: "name", isSlashed };
      const result = act(place);
      if (result !== Errno.loop || place.name === "") return result;
      if (!isFollowing && !isSlashed) return result;
    } else if (refused !== Errno.loop) {
      return refused;
    }
    const target = directory.readLink(rest[0]);
    if (typeof target === "number") return target;
    refused = checkPath(target);
    if (refused !== 0) return refused;
    if (rest.length === 1 && target.endsWith("/")) isSlashed = true;
    rest = [...componentsOf(target), ...rest.slice(1)];
  }
  return Errno.loop;
}

/** Enters all but the last component, and a last ".."; leaves in `rest` what was not walked. */
function enterAll(stack: OpenDirectory[], rest: string[]): number {
  while (rest.length > 0) {
    const name = rest[0];
    const isLast = rest.length === 1;
    if (name === "..") {
      if (stack.length === 1) return Errno.notcapable;
      stack.pop()!.close();
    } else if (name !== ".") {
      if (name.length > nameBytesMax) return Errno.nametoolong;
      if (isLast) return Errno.success;
      const next = stack.at(-1)!.enter(name);
      if (typeof next === "number") return next;
      stack.push(next);
    }
    if (isLast) return Errno.success;
    rest.shift();
  }
  return Errno.success;
}

function checkPath(path: string): number {
  if (path === "") return Errno.noent;
  if (path.length > pathBytesMax) return Errno.nametoolong;
  if (path.includes("\0")) return Errno.inval;
  return path.startsWith("/") ? Errno.notcapable : Errno.success;
}

function componentsOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "");
}

/** Walks to a name that is itself acted on: a link at the end is a name like any other. */
export function walkTo(base: OpenDirectory, path: string, run: (place: Place) => number): number {
  // The errno of the act is kept apart: if it is ELOOP, that must not send the walk along a link.
  let result = 0;
  const refused = walk(base, path, false, (place) => {
    result = run(place);
    return Errno.success;
  });
  return refused === 0 ? result : refused;
}
