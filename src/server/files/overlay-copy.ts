// Copying one file or symbolic link from the lower tree of an overlay to its upper one, under a draft
// name: the caller gives it its real name when all of it is there. Times come along; holes stay holes.
import { Access, Errno, Filetype } from "../../userlib/index.ts";
import type { FileStat, OpenDirectory, OpenFile } from "./file-tree.ts";

const chunkBytes = 256 * 1024;

export interface CopyRequest {
  readonly from: OpenDirectory;
  readonly name: string;
  readonly stat: FileStat;
  readonly to: OpenDirectory;
  readonly draft: string;
  /** Its content is about to be cut off: not worth copying. */
  readonly isEmpty: boolean;
}

/** Copying something up does not change the directory that it is in, as far as anybody can see. */
export function keepingTimes(directory: OpenDirectory, act: () => number): number {
  const stat = directory.stat();
  const result = act();
  if (typeof stat !== "number") directory.setTimes(stat);
  return result;
}

/** Answers an errno; what was written of the draft is then the caller's to remove. */
export function copyFile(request: CopyRequest): number {
  const { stat, to, draft } = request;
  if (stat.filetype === Filetype.symbolicLink) return copyLink(request);
  if (stat.filetype !== Filetype.regularFile) return Errno.notsup;
  const target = to.open(draft, {
    access: Access.write,
    isCreate: true,
    isExclusive: true,
    isTruncate: false,
    isDirectory: false,
  });
  if (typeof target === "number") return target;
  try {
    if (target.kind !== "file") return Errno.isdir;
    const refused = request.isEmpty ? Errno.success : copyContent(request, target);
    return refused === 0 ? target.setTimes(stat) : refused;
  } finally {
    target.close();
  }
}

function copyLink({ from, name, stat, to, draft }: CopyRequest): number {
  const target = from.readLink(name);
  if (typeof target === "number") return target;
  const refused = to.symlink(target, draft);
  return refused === 0 ? to.setTimesAt(draft, stat) : refused;
}

function copyContent({ from, name }: CopyRequest, target: OpenFile): number {
  const source = from.open(name, {
    access: Access.read,
    isCreate: false,
    isExclusive: false,
    isTruncate: false,
    isDirectory: false,
  });
  if (typeof source === "number") return source;
  try {
    return source.kind === "file" ? copyBytes(source, target) : Errno.isdir;
  } finally {
    source.close();
  }
}

function copyBytes(source: OpenFile, target: OpenFile): number {
  const chunk = new Uint8Array(chunkBytes);
  for (let offset = 0; ;) {
    const count = source.read(offset, chunk);
    if (count < 0) return -count;
    if (count === 0) return target.setSize(offset);
    const part = chunk.subarray(0, count);
    const refused = part.some((byte) => byte !== 0) ? writeAll(target, offset, part) : 0;
    if (refused !== 0) return refused;
    offset += count;
  }
}

function writeAll(target: OpenFile, offset: number, bytes: Uint8Array): number {
  for (let done = 0; done < bytes.length;) {
    const count = target.write(offset + done, bytes.subarray(done), 0);
    if (count < 0) return -count;
    if (count === 0) return Errno.nospc;
    done += count;
  }
  return Errno.success;
}
