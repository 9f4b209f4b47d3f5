// What is open in a directory of the host, as it stands in an image: the path below the granted directory, and
// what was to be found there. A file belongs to the host and not to the image, so it is opened again where
// it was, and has to be the same file with the same bytes as far as the host can tell; otherwise the program
// would go on with what it has not written and never read.
import { Access, ClientStateError, Errno, type StateData } from "../../userlib/index.ts";
import type { FileStat, OpenDirectory, OpenFile, OpenNode } from "./file-tree.ts";
import type { HostFiles } from "./host-files.ts";

export interface Place {
  /** Below the granted directory, a character per byte; empty for that itself. */
  readonly path: string;
  readonly kind: "file" | "directory";
  readonly access: number;
  readonly device: string;
  readonly inode: string;
  /** Of a file that has bytes of its own: both are "0" for others, whose bytes are nobody's to keep. */
  readonly size: string;
  readonly modified: string;
}

type HostNode = OpenNode & { readonly kind: "file" | "directory"; readonly at: number };

export function foreignNode(): ClientStateError {
  return new ClientStateError("Something is open in the directory that is not of the directory.");
}

/** Where something is that is open now. What was written to it is made durable first. */
export function placeOf(host: HostFiles, root: number, node: HostNode, access: number): Place {
  const path = pathBelow(host, root, node.at);
  const stat = node.stat();
  if (path === undefined || typeof stat === "number" || stat.links === 0n) {
    throw new ClientStateError(
      "The program has a file open that has no name any more (it was removed, or moved out of the " +
        "granted directory), so that it could not be found again. Capture it when it is closed.",
    );
  }
  if (node.kind === "file" && (access & Access.write) !== 0) node.sync(false);
  return { path, kind: node.kind, access, ...factsOf(node.kind, stat) };
}

function pathBelow(host: HostFiles, root: number, at: number): string | undefined {
  const [above, path] = [host.pathOf(root), host.pathOf(at)];
  if (typeof above === "number" || typeof path === "number") return undefined;
  if (path === above) return "";
  const prefix = above === "/" ? above : `${above}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

function factsOf(kind: Place["kind"], { device, inode, size, modified }: FileStat) {
  const isFile = kind === "file";
  return {
    device: `${device}`,
    inode: `${inode}`,
    size: isFile ? `${size}` : "0",
    modified: isFile ? `${modified}` : "0",
  };
}

export function placeData(place: Place, names: readonly string[] | undefined): StateData {
  return { ...place, names: names ?? null };
}

/** What `placeData` made. */
export function placesOf(data: StateData): (Place & { names: readonly string[] | undefined })[] {
  const places = data as unknown as (Place & { names: readonly string[] | null })[];
  return places.map((place) => ({ ...place, names: place.names ?? undefined }));
}

/** Opens it again, and compares. */
export function reopened(root: OpenDirectory, place: Place): OpenDirectory | OpenFile {
  const node = open(root, place);
  if (typeof node === "number") throw new ClientStateError(missing(place, node));
  const stat = node.stat();
  const difference = typeof stat === "number" ? "it cannot be asked" : differenceOf(place, stat);
  if (difference === undefined) return node;
  node.close();
  throw new ClientStateError(
    `The file ${titleOf(place)} was changed since the image was made: ${difference}. Put it back as it ` +
      "was, or start the program anew.",
  );
}

function open(
  root: OpenDirectory,
  { path, kind, access }: Place,
): OpenDirectory | OpenFile | number {
  const names = path === "" ? [] : path.split("/");
  const last = kind === "file" ? names.pop() : undefined;
  let directory = root.reopen();
  for (const name of names) {
    if (typeof directory === "number") return directory;
    const inner = directory.enter(name);
    directory.close();
    directory = inner;
  }
  if (typeof directory === "number" || last === undefined) return directory;
  const request = { access, isCreate: false, isExclusive: false, isTruncate: false };
  const node = directory.open(last, { ...request, isDirectory: false });
  directory.close();
  return node;
}

function differenceOf(place: Place, stat: FileStat): string | undefined {
  const now = factsOf(place.kind, stat);
  if (now.device !== place.device || now.inode !== place.inode) {
    return "another file has its name";
  }
  if (now.size !== place.size) return `it has ${now.size} bytes, and had ${place.size}`;
  return now.modified === place.modified ? undefined : "it was written to";
}

function missing(place: Place, errno: number): string {
  const why = errno === Errno.noent ? "is not there any more" : `cannot be opened (error ${errno})`;
  return (
    `The file ${titleOf(place)} ${why}. Grant the directory that was granted, with what was in it, or ` +
    "start the program anew."
  );
}

function titleOf({ path, access }: Place): string {
  const text = new TextDecoder().decode(Uint8Array.from(path, (one) => one.charCodeAt(0)));
  const how = (access & Access.write) === 0 ? "reading" : "writing";
  return `"${text === "" ? "." : text}", which the program has open for ${how},`;
}
