// The clients of a file server in an image: what each has open, by handle. Things that several handles lead
// to are told once, by their place in a list; where each of them is, only their tree can say.
import { ClientStateError, type StateData } from "../../userlib/index.ts";
import { type Client, type Opened, rootOpened } from "./file-client.ts";
import type { FileTree, OpenDirectory } from "./file-tree.ts";

/** Stands for the root of the tree, which is there whenever the server is. */
const rootNode = -1;

interface HandleState {
  readonly badge: number;
  readonly handle: number;
  readonly node: number;
}

export interface FileClients {
  readonly name: string;
  readonly tree: FileTree;
  readonly root: OpenDirectory;
  readonly clients: ReadonlyMap<number, Client>;
  readonly clientOf: (badge: number) => Client;
}

export function exportFiles(
  { name, tree, root, clients }: FileClients,
  badges: readonly number[],
): StateData {
  const opened: Opened[] = [];
  const handles: HandleState[] = [];
  for (const badge of badges) {
    clients.get(badge)?.forEach((handle, one) => {
      if (one.node === root) {
        handles.push({ badge, handle, node: rootNode });
        return;
      }
      const known = opened.findIndex(({ node }) => node === one.node);
      const node = known >= 0 ? known : opened.push(one) - 1;
      handles.push({ badge, handle, node });
    });
  }
  const states = handles.map(({ badge, handle, node }) => ({ badge, handle, node }));
  return { nodes: nodesOf(name, tree, opened), handles: states };
}

/** A tree that cannot tell where something is can still be captured while nothing of it is open. */
function nodesOf(name: string, tree: FileTree, opened: readonly Opened[]): StateData {
  if (tree.exportNodes !== undefined) return tree.exportNodes(opened);
  if (opened.length === 0) return null;
  throw new ClientStateError(
    `The program has something open in ${name}, which keeps its changes apart (--dir-overlay): that ` +
      "cannot be captured. Grant the directory itself, or a copy of it.",
  );
}

export function importFiles({ root, tree, clientOf }: FileClients, data: StateData): void {
  // Made by `exportFiles`, and out of an image whose digest was right.
  const state = data as unknown as { nodes: StateData; handles: readonly HandleState[] };
  const opened = state.nodes === null ? [] : (tree.importNodes?.(state.nodes) ?? []);
  const seen = new Set<number>();
  for (const { badge, handle, node } of state.handles) {
    const one = node === rootNode ? rootOpened(root) : opened[node];
    if (one === undefined) {
      throw new ClientStateError(
        `The image has a file open of a tree that cannot be put back: handle ${handle}.`,
      );
    }
    // Handle 0 is never closed, and so is no sharer.
    clientOf(badge).put(handle, one, seen.has(node));
    if (handle !== 0) seen.add(node);
  }
}
