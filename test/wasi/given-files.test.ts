// Files and directories that one process gives to another: each closes for itself, and nobody reaches
// more of a tree than it was given.
import { beforeEach, describe, expect, it } from "vitest";
import { fileService, type FileTree, MemoryFiles } from "../../src/server/files/index.ts";
import { Access, Ask, Errno, OpenFlag } from "../../src/userlib/index.ts";
import { toBytes } from "./guest.ts";
import { type Got, ServiceRig } from "./service-rig.ts";

const [owner, heir] = [1, 2];
const root = 0;

describe("a file server with a client that has the root and one that has not", () => {
  let tree: FileTree;
  let rig: ServiceRig;

  beforeEach(() => {
    tree = new MemoryFiles({ nowNs: () => 1n });
    rig = new ServiceRig(fileService("files", tree, (badge) => badge === owner));
  });

  function open(badge: number, directory: number, path: string, flags = 0): Got {
    const access = Access.read | ((flags & OpenFlag.directory) === 0 ? Access.write : 0);
    return rig.now(badge, Ask.open, [directory, 1, flags, 0, access], toBytes(path));
  }

  const give = (handle: number, to: number): number =>
    rig.now(owner, Ask.give, [handle, to]).words[0]!;
  const text = (badge: number, handle: number): string | number => {
    const { got } = rig.read(badge, handle, 100);
    return got!.errno === 0 ? got!.text : -got!.errno;
  };

  function create(path: string, content: string): number {
    const handle = open(owner, root, path, OpenFlag.create).words[0]!;
    rig.write(owner, handle, content);
    return handle;
  }

  it("gives a file that stays open as long as either has it", () => {
    const own = create("a", "content");
    const given = give(own, heir);
    expect(text(heir, given)).toBe("content");
    rig.now(owner, Ask.close, [own]);
    expect(text(heir, given)).toBe("content");
    rig.now(heir, Ask.close, [given]);
    expect(text(heir, given)).toBe(-Errno.badf);
  });

  it("closes what a dead client was given, and no more", () => {
    const own = create("a", "content");
    give(own, heir);
    rig.gone(heir);
    expect(text(owner, own)).toBe("content");
    const again = give(own, heir);
    rig.gone(owner);
    expect(text(heir, again)).toBe("content");
  });

  it("gives a second handle to the giver itself", () => {
    const own = create("a", "content");
    const second = give(own, 0);
    expect(second).not.toBe(own);
    rig.now(owner, Ask.close, [own]);
    expect(text(owner, second)).toBe("content");
  });

  it("keeps the root from a client that was given a file", () => {
    const given = give(create("a", "content"), heir);
    expect(given).not.toBe(root);
    for (const handle of [root, given]) {
      expect(open(heir, handle, "a").errno).not.toBe(0);
      expect(open(heir, handle, "../a").errno).not.toBe(0);
    }
    expect(rig.now(heir, Ask.stat, [root]).errno).toBe(Errno.badf);
    expect(rig.now(heir, Ask.give, [root, heir]).errno).toBe(Errno.badf);
    expect(rig.now(heir, Ask.give, [root, 0]).errno).toBe(Errno.badf);
  });

  it("lets a client that was given a directory go into it and not out of it", () => {
    rig.now(owner, Ask.makeDirectory, [root], toBytes("inner"));
    create("inner/b", "below");
    create("a", "above");
    const inner = give(open(owner, root, "inner", OpenFlag.directory).words[0]!, heir);
    expect(text(heir, open(heir, inner, "b").words[0]!)).toBe("below");
    expect(open(heir, inner, "../a").errno).toBe(Errno.notcapable);
    expect(open(heir, root, "a").errno).toBe(Errno.badf);
  });

  it("gives the root, which is then the other's handle 0, too", () => {
    create("a", "content");
    expect(give(root, heir)).toBe(root);
    expect(text(heir, open(heir, root, "a").words[0]!)).toBe("content");
  });

  it("keeps the access with which a file was opened", () => {
    create("a", "content");
    const args = [root, 1, 0, 0, Access.read];
    const own = rig.now(owner, Ask.open, args, toBytes("a")).words[0]!;
    expect(rig.write(heir, give(own, heir), "x").got?.errno).toBe(Errno.badf);
  });
});
