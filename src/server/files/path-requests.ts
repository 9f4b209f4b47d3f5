// The requests of a file server that carry a path. Each walks to the place that the path names and acts
// on it there; how a path ends ("." or a slash) matters to each call in its own way, and is as on Linux.
import { Access, Ask, Errno, filestatBytes, Filetype, OpenFlag } from "../../userlib/index.ts";
import type { Answer } from "../../userlib/index.ts";
import type { Opened } from "./file-client.ts";
import type { Request } from "./file-service.ts";
import type { FileStat, OpenDirectory, OpenRequest } from "./file-tree.ts";
import { writeFilestat } from "./filestat.ts";
import { linkRequest, renameRequest } from "./path-pairs.ts";
import { type Place, walk, walkTo } from "./path-walk.ts";
import {
  byteString,
  bytesOfString,
  countAnswer,
  done,
  isFollowing,
  outboxPart,
  refuse,
  timesOf,
  wordsAnswer,
} from "./request.ts";

function open({ message, client }: Request): Answer {
  const { words, bytes } = message;
  const base = client.directory(words[0]);
  if (typeof base === "number") return refuse(base);
  if (client.isFull) return refuse(Errno.mfile);
  const request = openRequest(words[2], words[4]);
  // A directory cannot be made by opening it.
  if (request.isCreate && request.isDirectory) return refuse(Errno.inval);
  const node = openPath(base, bytes, isFollowing(words[1]), request);
  if (typeof node === "number") return refuse(node);
  const handle = client.add({ node, access: request.access });
  return wordsAnswer(handle, node.filetype, 0);
}

function openPath(
  base: OpenDirectory,
  path: Uint8Array,
  follows: boolean,
  request: OpenRequest,
): Opened["node"] | number {
  const atOnce = base.openPath?.(path, request);
  if (atOnce !== undefined) return atOnce;
  const isFollowingLast = follows && !(request.isCreate && request.isExclusive);
  return walk(base, byteString(path), isFollowingLast, (place) => openAt(place, request));
}

function openRequest(flags: number, access: number): OpenRequest {
  return {
    access,
    isCreate: (flags & OpenFlag.create) !== 0,
    isExclusive: (flags & OpenFlag.exclusive) !== 0,
    isTruncate: (flags & OpenFlag.truncate) !== 0,
    isDirectory: (flags & OpenFlag.directory) !== 0,
  };
}

function openAt(place: Place, request: OpenRequest): Opened["node"] | number {
  const { directory, name, isSlashed } = place;
  if (name === "") {
    if (request.isCreate) return request.isExclusive ? Errno.exist : Errno.isdir;
    return (request.access & Access.write) === 0 ? directory.reopen() : Errno.isdir;
  }
  if (isSlashed && request.isCreate) return Errno.isdir;
  return directory.open(name, isSlashed ? { ...request, isDirectory: true } : request);
}

function statAt({ message, host, client }: Request): Answer {
  const { words, bytes } = message;
  const base = client.directory(words[0]);
  if (typeof base === "number") return refuse(base);
  const out = outboxPart(host, filestatBytes);
  const atOnce = base.statPath?.(bytes, out);
  if (atOnce !== undefined) return atOnce === 0 ? countAnswer(0, out) : refuse(atOnce);
  const follows = isFollowing(words[1]);
  const stat = walk(base, byteString(bytes), follows, (place) => statPlace(place, follows));
  return typeof stat === "number" ? refuse(stat) : countAnswer(0, writeFilestat(host.outbox, stat));
}

/** `Errno.loop` for a link that is to be followed. */
function statPlace({ directory, name, isSlashed }: Place, follows: boolean): FileStat | number {
  const stat = name === "" ? directory.stat() : directory.statAt(name);
  if (typeof stat === "number") return stat;
  if (stat.filetype === Filetype.symbolicLink && (follows || isSlashed)) return Errno.loop;
  return isSlashed && stat.filetype !== Filetype.directory ? Errno.notdir : stat;
}

function setTimesAt({ message, client, tree }: Request): Answer {
  const base = client.directory(message.words[0]);
  if (typeof base === "number") return refuse(base);
  const isLast = isFollowing(message.words[5] >> 16);
  const times = timesOf(message.words, tree.nowNs());
  return done(
    walk(base, byteString(message.bytes), isLast, (place) => {
      if (place.name === "") return place.directory.setTimes(times);
      const stat = statPlace(place, isLast);
      return typeof stat === "number" ? stat : place.directory.setTimesAt(place.name, times);
    }),
  );
}

/** A request on the name at the end of one path, which is not followed. */
function onName(
  run: (place: Place) => number,
  atOnce: (base: OpenDirectory, path: Uint8Array) => number | undefined,
): (request: Request) => Answer {
  return ({ message, client }) => {
    const base = client.directory(message.words[0]);
    if (typeof base === "number") return refuse(base);
    const known = atOnce(base, message.bytes);
    if (known !== undefined) return done(known);
    const result = walkTo(base, byteString(message.bytes), run);
    return done(result);
  };
}

function removeDirectory({ directory, name, last }: Place): number {
  if (last === ".") return Errno.inval;
  if (last === "..") return Errno.notempty;
  return directory.removeDirectory(name);
}

function unlink({ directory, name, isSlashed }: Place): number {
  if (name === "") return Errno.isdir;
  if (!isSlashed) return directory.unlink(name);
  const stat = directory.statAt(name);
  if (typeof stat === "number") return stat;
  return stat.filetype === Filetype.directory ? Errno.isdir : Errno.notdir;
}

function readLink({ message, host, client }: Request): Answer {
  const base = client.directory(message.words[0]);
  if (typeof base === "number") return refuse(base);
  let target: string | number = Errno.inval;
  const refused = walkTo(base, byteString(message.bytes), ({ directory, name, isSlashed }) => {
    if (name === "") return Errno.inval;
    target = directory.readLink(name);
    if (typeof target === "number") return target;
    return isSlashed ? Errno.inval : Errno.success;
  });
  if (refused !== 0) return refuse(refused);
  const out = outboxPart(host, message.words[1]);
  const bytes = bytesOfString(String(target), out);
  return countAnswer(bytes.length, bytes);
}

function symlink({ message, client }: Request): Answer {
  const base = client.directory(message.words[0]);
  if (typeof base === "number") return refuse(base);
  const target = byteString(message.bytes, 0, message.words[1]);
  const path = byteString(message.bytes, message.words[1]);
  if (target === "") return refuse(Errno.noent);
  if (target.includes("\0")) return refuse(Errno.inval);
  return done(
    walkTo(base, path, ({ directory, name, isSlashed }) => {
      if (name === "") return Errno.exist;
      if (!isSlashed) return directory.symlink(target, name);
      return typeof directory.statAt(name) === "number" ? Errno.noent : Errno.exist;
    }),
  );
}

export const pathRequests: readonly (readonly [number, (request: Request) => Answer])[] = [
  [Ask.open, open],
  [Ask.statAt, statAt],
  [Ask.setTimesAt, setTimesAt],
  [
    Ask.makeDirectory,
    onName(
      ({ directory, name }) => (name === "" ? Errno.exist : directory.makeDirectory(name)),
      (base, path) => base.makeDirectoryPath?.(path),
    ),
  ],
  [Ask.removeDirectory, onName(removeDirectory, (base, path) => base.removeDirectoryPath?.(path))],
  [Ask.unlink, onName(unlink, (base, path) => base.unlinkPath?.(path))],
  [Ask.readLink, readLink],
  [Ask.symlink, symlink],
  [Ask.link, linkRequest],
  [Ask.rename, renameRequest],
];
