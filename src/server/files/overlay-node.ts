// A directory of an overlay: what it is made of above and below, and the copying of things from below to
// above. Handles that several programs have on one directory share a node, so that a directory which is
// copied up or renamed is so for all of them; a node lives while something refers to it.
//
// What is hidden below is said by an empty file ".wh.NAME" above, as other overlays of this kind say it:
// it hides the lower NAME whether or not there is an upper one. So a name that comes back starts anew.
import { Access, Errno, Filetype, nameBytesMax } from "../../userlib/index.ts";
import type { FileStat, OpenDirectory, OpenRequest } from "./file-tree.ts";
import { keepingTimes } from "./overlay-copy.ts";
import type { Identities } from "./overlay-identity.ts";

export const hiddenPrefix = ".wh.";

/** Names by which the overlay keeps its own books; for programs they do not exist. */
export function isReserved(name: string): boolean {
  return name.startsWith(hiddenPrefix);
}

export const createOnly: OpenRequest = {
  access: Access.write,
  isCreate: true,
  isExclusive: false,
  isTruncate: false,
  isDirectory: false,
};

/** What a name in a merged directory leads to. */
export interface Found {
  readonly isUpper: boolean;
  readonly stat: FileStat;
}

/** An open file from below, which must change over when the file is copied up. */
export interface LowerHandle {
  moveTo(directory: OpenDirectory, name: string): void;
}

export class OverlayNode {
  upper: OpenDirectory | undefined;
  lower: OpenDirectory | undefined;
  /** The directory above; undefined for the root and for what was removed. */
  parent: OverlayNode | undefined;
  name: string;
  isRemoved = false;
  readonly identities: Identities;
  readonly #children = new Map<string, OverlayNode>();
  readonly #lowerHandles = new Map<string, Set<LowerHandle>>();
  #references = 1;

  constructor(
    parts: { readonly upper: OpenDirectory | undefined; readonly lower: OpenDirectory | undefined },
    identities: Identities,
    parent?: OverlayNode,
    name = "",
  ) {
    this.upper = parts.upper;
    this.lower = parts.lower;
    this.identities = identities;
    this.parent = parent?.retain();
    this.name = name;
  }

  retain(): this {
    this.#references++;
    return this;
  }

  release(): void {
    if (--this.#references > 0) return;
    this.upper?.close();
    this.lower?.close();
    this.#leaveParent();
  }

  #leaveParent(): void {
    const { parent } = this;
    if (parent === undefined) return;
    parent.#children.delete(this.name);
    this.parent = undefined;
    parent.release();
  }

  /** As programs see it: what changes is above, the inode number is from below if it is there. */
  stat(): FileStat | number {
    const above = this.upper?.stat();
    if (typeof above === "number") return above;
    const below = this.lower?.stat() ?? Errno.noent;
    if (above === undefined) {
      return typeof below === "number" ? below : this.identities.of(below, false);
    }
    if (typeof below === "number") return this.identities.of(above, true);
    return this.identities.merged(above, below);
  }

  /** The same for a name in it. */
  statAt(name: string): FileStat | number {
    const found = this.find(name);
    if (typeof found === "number") return found;
    const { isUpper, stat } = found;
    const isMerged = isUpper && stat.filetype === Filetype.directory && this.lower !== undefined;
    const below = isMerged ? this.findBelow(name) : Errno.noent;
    if (typeof below === "number" || below.filetype !== Filetype.directory) {
      return this.identities.of(stat, isUpper);
    }
    return this.identities.merged(stat, below);
  }

  /** What a name leads to, or why to nothing. */
  find(name: string): Found | number {
    if (isReserved(name)) return Errno.noent;
    const above = this.upper?.statAt(name) ?? Errno.noent;
    if (typeof above !== "number") return { isUpper: true, stat: above };
    if (above !== Errno.noent) return above;
    const below = this.findBelow(name);
    return typeof below === "number" ? below : { isUpper: false, stat: below };
  }

  /** What the lower directory has under a name, unless it is hidden. */
  findBelow(name: string): FileStat | number {
    const stat = this.lower?.statAt(name) ?? Errno.noent;
    return typeof stat !== "number" && this.#isHidden(name) ? Errno.noent : stat;
  }

  #isHidden(name: string): boolean {
    const mark = this.upper?.statAt(hiddenPrefix + name);
    return mark !== undefined && typeof mark !== "number";
  }

  /** The node of a directory in this one, with a reference that the caller gives back. */
  child(name: string): OverlayNode | number {
    const known = this.#children.get(name);
    if (known !== undefined) return known.retain();
    const found = this.find(name);
    if (typeof found === "number") return found;
    const upper = found.isUpper ? this.upper!.enter(name) : undefined;
    if (typeof upper === "number") return upper;
    const isBelow = typeof this.findBelow(name) !== "number";
    const lower = isBelow ? this.lower!.enter(name) : undefined;
    if (upper === undefined && (lower === undefined || typeof lower === "number")) {
      return lower ?? Errno.noent;
    }
    // Above a directory that covers a file: the file is not part of it.
    const below = typeof lower === "number" ? undefined : lower;
    const node = new OverlayNode({ upper, lower: below }, this.identities, this, name);
    this.#children.set(name, node);
    return node;
  }

  /** The upper directory, made if there is none yet. */
  above(): OpenDirectory | number {
    if (this.isRemoved) return Errno.noent;
    if (this.upper !== undefined) return this.upper;
    const { parent, lower, name } = this;
    const stat = lower?.stat() ?? Errno.noent;
    const outer = parent?.above() ?? Errno.noent;
    if (typeof stat === "number") return stat;
    if (typeof outer === "number") return outer;
    const made = keepingTimes(outer, () => outer.makeDirectory(name));
    if (made !== 0 && made !== Errno.exist) return made;
    const upper = outer.enter(name);
    if (typeof upper === "number") return upper;
    upper.setTimes(stat);
    this.upper = upper;
    return upper;
  }

  /** A file has become one that is above: handles on it follow. */
  copied(name: string, upper: OpenDirectory, stat: FileStat): void {
    const copy = upper.statAt(name);
    if (typeof copy !== "number") this.identities.copied(copy, stat);
    for (const handle of this.#lowerHandles.get(name) ?? []) handle.moveTo(upper, name);
    this.#lowerHandles.delete(name);
  }

  /** Hides what is below under a name. */
  hide(name: string): number {
    if (typeof this.findBelow(name) === "number") return Errno.success;
    if (name.length + hiddenPrefix.length > nameBytesMax) return Errno.nametoolong;
    const upper = this.above();
    if (typeof upper === "number") return upper;
    const mark = upper.open(hiddenPrefix + name, createOnly);
    if (typeof mark === "number") return mark;
    mark.close();
    this.#children.get(name)?.dropLower();
    return Errno.success;
  }

  dropLower(): void {
    this.lower?.close();
    this.lower = undefined;
  }

  /** All names of the merged directory. */
  names(): Set<string> {
    const names = new Set<string>();
    for (const name of namesIn(this.upper)) if (!isReserved(name)) names.add(name);
    for (const name of namesIn(this.lower)) {
      if (!isReserved(name) && !names.has(name) && !this.#isHidden(name)) names.add(name);
    }
    return names;
  }

  /** Removes the marks from an upper directory that is to be removed. */
  clearMarks(): number {
    const marks = [...namesIn(this.upper)].filter(isReserved);
    for (const mark of marks) this.upper?.unlink(mark);
    return Errno.success;
  }

  /** A name no longer leads to the directory that it led to; handles on that stay. */
  forget(name: string): void {
    this.#lowerHandles.delete(name);
    const child = this.#children.get(name);
    if (child === undefined) return;
    child.isRemoved = true;
    child.#leaveParent();
  }

  /** A directory was renamed, above, after all of it was copied up. */
  moveChild(name: string, to: OverlayNode, toName: string): void {
    const child = this.#children.get(name);
    if (child === undefined) return;
    child.retain();
    child.#leaveParent();
    child.parent = to.retain();
    child.name = toName;
    to.#children.set(toName, child);
    child.release();
  }

  /** Whether this is a directory, or is below it. */
  isWithin(other: OverlayNode): boolean {
    return this === other || (this.parent?.isWithin(other) ?? false);
  }

  addLowerHandle(name: string, handle: LowerHandle): void {
    const handles = this.#lowerHandles.get(name) ?? new Set();
    this.#lowerHandles.set(name, handles.add(handle));
  }

  dropLowerHandle(name: string, handle: LowerHandle): void {
    this.#lowerHandles.get(name)?.delete(handle);
  }
}

function* namesIn(directory: OpenDirectory | undefined): Iterable<string> {
  const entries = directory?.entries(2);
  if (entries === undefined || typeof entries === "number") return;
  for (const { name } of entries) yield name;
}
