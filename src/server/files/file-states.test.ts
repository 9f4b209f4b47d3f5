// What clients of a file server have open, taken to another server: the same tree, the same things, and one
// thing where several handles lead to one.
import { describe, expect, test } from "vitest";
import { Access } from "../../userlib/index.ts";
import { Client, type Sharers } from "./file-client.ts";
import { exportFiles, type FileClients, importFiles } from "./file-states.ts";
import type { FileTree, OpenDirectory, OpenFile } from "./file-tree.ts";
import { MemoryFiles } from "./memory-files.ts";
import { overlay } from "./overlay.ts";
import { readOnly } from "./read-only.ts";

const both = Access.read | Access.write;
const newFile = { access: both, isCreate: true, isExclusive: false, isTruncate: false } as const;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const memory = (): MemoryFiles => new MemoryFiles({ nowNs: () => 5n });

/** A server's clients over a tree, without the server. */
function serve(tree: FileTree): FileClients & { readonly clients: Map<number, Client> } {
  const clients = new Map<number, Client>();
  const sharers: Sharers = new Map();
  const root = tree.root();
  const clientOf = (badge: number): Client => {
    const client = clients.get(badge) ?? new Client(sharers, root);
    clients.set(badge, client);
    return client;
  };
  return { name: "files", tree, root, clients, clientOf };
}

function create(directory: OpenDirectory, name: string, text: string): OpenFile {
  const file = directory.open(name, { ...newFile, isDirectory: false }) as OpenFile;
  file.write(0, bytesOf(text), 0);
  return file;
}

function textOf(file: OpenFile | undefined): string {
  const into = new Uint8Array(100);
  return new TextDecoder().decode(into.subarray(0, file?.read(0, into)));
}

/** The clients of one server in another, by way of plain data. */
function moved(from: FileClients, badges: readonly number[], to: FileTree): FileClients {
  const there = serve(to);
  importFiles(there, structuredClone(exportFiles(from, badges)));
  return there;
}

describe("what is open in a tree in memory", () => {
  test("is the same for all who have it open together, and closed with the last", () => {
    const here = serve(memory());
    const node = create(here.root, "one", "text");
    here.clientOf(1).put(1, { node, access: both }, false);
    here.clientOf(2).put(4, { node, access: both }, true);
    const there = moved(here, [1, 2], memory());
    const [first, second] = [there.clientOf(1).file(1), there.clientOf(2).file(4)];
    expect(first).toBe(second);
    first!.write(4, bytesOf(" and more"), 0);
    there.clientOf(1).close(1);
    expect(textOf(second)).toBe("text and more");
  });

  test("keeps its bytes when its name is gone, and names keep what they named", () => {
    const here = serve(memory());
    const node = create(here.root, "gone", "still here");
    create(here.root, "named", "by two");
    here.root.makeDirectory("inner");
    here.root.link("named", here.root.enter("inner") as OpenDirectory, "again");
    here.root.unlink("gone");
    here.clientOf(1).put(3, { node, access: both }, false);
    const there = moved(here, [1], memory());
    expect(textOf(there.clientOf(1).file(3))).toBe("still here");
    expect(
      [...(there.root.entries(2) as Iterable<{ name: string }>)].map(({ name }) => name),
    ).toEqual(["named", "inner"]);
    const inner = there.root.enter("inner") as OpenDirectory;
    expect(inner.statAt("again")).toEqual(there.root.statAt("named"));
    expect(inner.parentInode()).toBe((there.root.stat() as { inode: bigint }).inode);
  });

  test("cannot be changed in a read-only tree afterwards either", () => {
    const tree = memory();
    create(tree.root(), "one", "text");
    const here = serve(readOnly(tree));
    const request = { access: Access.read, isCreate: false, isExclusive: false, isTruncate: false };
    const node = here.root.open("one", { ...request, isDirectory: false }) as OpenFile;
    here.clientOf(1).put(1, { node, access: Access.read }, false);
    const file = moved(here, [1], readOnly(memory())).clientOf(1).file(1);
    expect(textOf(file)).toBe("text");
    expect(file!.write(0, bytesOf("!"), 0)).toBeLessThan(0);
  });
});

test("of a tree with an overlay nothing open can be captured, and it is said what to do", () => {
  const here = serve(overlay(memory(), memory()));
  expect(exportFiles(here, [1])).toEqual({ nodes: null, handles: [] });
  const node = create(here.root, "one", "text");
  here.clientOf(1).put(1, { node, access: both }, false);
  expect(() => exportFiles(here, [1])).toThrow(/--dir-overlay.*Grant the directory itself/);
});
