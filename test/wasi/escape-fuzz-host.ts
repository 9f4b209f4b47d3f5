// One of the processes of the escape fuzz: the host, which keeps changing a granted tree. Directories
// become links out of it and back, files become links to secrets, things are renamed under whoever walks
// through them. It must not follow those links itself, so it too goes from directory to directory. Ends
// when its input does.
import { Random } from "../../src/base/index.ts";
import { NodeFiles } from "../../src/server/node/index.ts";
import { Access } from "../../src/userlib/index.ts";

const [granted = "", outside = "", seed = "0"] = process.argv.slice(2);
const random = new Random(Number(seed), "host");
const host = new NodeFiles(true, Infinity);
const root = host.openRoot(granted);
const names = ["a", "b", "c"];
const targets = [
  outside,
  `${outside}/secret`,
  `${outside}/b`,
  "..",
  "../..",
  "../../outside",
  "/",
  "b/c",
];
let spares = 0;

/** A directory somewhere in the tree. Its number is the caller's to close, unless it is the root's. */
function somewhere(): number {
  let at = root;
  for (let depth = random.below(3); depth > 0; depth--) {
    const next = host.enter(at, random.pick(names));
    if (next < 0) break;
    leave(at);
    at = next;
  }
  return at;
}

function leave(at: number): void {
  if (at !== root) host.close(at);
}

function change(): void {
  const [at, other] = [somewhere(), somewhere()];
  const [name, otherName] = [random.pick(names), random.pick(names)];
  random.pick(changes)(at, name, other, otherName);
  leave(at);
  leave(other);
}

/** Each puts something else where a program may just be on its way; many fail, and that is as good. */
const changes: readonly ((at: number, name: string, to: number, toName: string) => void)[] = [
  (at, name) => {
    host.rename(at, name, root, `spare-${spares++}`);
    host.symlink(random.pick(targets), at, name);
  },
  (at, name) => {
    host.unlink(at, name);
    host.symlink(random.pick(targets), at, name);
  },
  (at, name) => {
    host.unlink(at, name);
    host.makeDirectory(at, name);
  },
  (at, name) => {
    const how = { access: Access.write, isCreate: true, isExclusive: true, isTruncate: false };
    const fd = host.open(at, name, how);
    if (fd >= 0) host.close(fd);
  },
  (at, name, to, toName) => host.rename(at, name, to, toName),
  (at, name, to, toName) => host.link(at, name, to, toName),
  (at, name) => {
    // What was put aside comes back, so that there is something to walk through.
    if (spares > 0) host.rename(root, `spare-${random.below(spares)}`, at, name);
  },
];

let isOver = false;
let count = 0;
process.stdin.on("end", () => (isOver = true)).resume();
while (!isOver) {
  for (let i = 0; i < 50; i++) change();
  count += 50;
  await new Promise((resolve) => setImmediate(resolve));
}
process.stdout.write(JSON.stringify({ count }));
