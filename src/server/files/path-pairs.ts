// The requests of a file server that carry two paths: a link and a renaming. Both paths are walked before
// anything is done.
import { Ask, Errno, Filetype } from "../../userlib/index.ts";
import type { Answer } from "../../userlib/index.ts";
import type { Request } from "./file-service.ts";
import { type Place, walk, walkTo } from "./path-walk.ts";
import { byteString, done, isFollowing, refuse } from "./request.ts";

/** Walks two paths at once and acts on both places. */
function onTwoNames(
  run: (from: Place, to: Place) => number,
  followsFirst: (words: Int32Array) => boolean,
): (request: Request) => Answer {
  return ({ message, client }) => {
    const { words, bytes } = message;
    const base = client.directory(words[0]);
    if (typeof base === "number") return refuse(base);
    const other = client.directory(words[1]);
    if (typeof other === "number") return refuse(other);
    if (message.label === Ask.rename) {
      const known = base.renamePath?.(bytes, words[2], other);
      if (known !== undefined) return done(known);
    }
    const oldPath = byteString(bytes, 0, words[2]);
    const newPath = byteString(bytes, words[2]);
    const isLast = followsFirst(words);
    return done(
      walk(base, oldPath, isLast, (from) => {
        if (isLast && isLink(from)) return Errno.loop;
        return walkTo(other, newPath, (to) => run(from, to));
      }),
    );
  };
}

function isLink({ directory, name }: Place): boolean {
  if (name === "") return false;
  const stat = directory.statAt(name);
  return typeof stat !== "number" && stat.filetype === Filetype.symbolicLink;
}

function link(from: Place, to: Place): number {
  if (from.name === "") return Errno.perm;
  const refused = refuseSlash(from);
  if (refused !== 0) return refused;
  if (to.name === "") return Errno.exist;
  if (to.isSlashed) {
    return typeof to.directory.statAt(to.name) === "number" ? Errno.noent : Errno.exist;
  }
  return from.directory.link(from.name, to.directory, to.name);
}

function rename(from: Place, to: Place): number {
  if (from.name === "" || to.name === "") return Errno.busy;
  const refused = refuseSlash(from);
  if (refused !== 0) return refused;
  if (to.isSlashed) {
    // Only a directory can get a name that ends in a slash.
    const stat = from.directory.statAt(from.name);
    if (typeof stat === "number") return stat;
    if (stat.filetype !== Filetype.directory) return Errno.notdir;
  }
  return from.directory.rename(from.name, to.directory, to.name);
}

/** A name that ends in a slash must be there, and be a directory. */
function refuseSlash({ directory, name, isSlashed }: Place): number {
  if (!isSlashed) return Errno.success;
  const stat = directory.statAt(name);
  if (typeof stat === "number") return stat;
  return stat.filetype === Filetype.directory ? Errno.success : Errno.notdir;
}

export const linkRequest = onTwoNames(link, (words) => isFollowing(words[3]));
export const renameRequest = onTwoNames(rename, () => false);
