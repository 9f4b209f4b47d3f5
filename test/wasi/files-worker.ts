// A worker that works on a directory by the C library without a pause, over a memory that grows all the
// while, and tells of every hundred turns.
import { parentPort, workerData } from "node:worker_threads";
import { NodeFiles } from "../../src/server/node/index.ts";
import { filestatBytes, FilestatOffset } from "../../src/userlib/index.ts";

export interface FilesWork {
  readonly directory: string;
  /** Its own files begin with it. */
  readonly name: string;
  /** `Infinity` to go on until it is ended. */
  readonly turns: number;
}

const turnsPerReport = 100;
// What files-workers-child.ts gives, and nobody else.
const { directory, name, turns } = workerData as FilesWork;
const how = { access: 3, isCreate: true, isExclusive: false, isTruncate: false };
const host = new NodeFiles(true, 0);
const root = host.openRoot(directory);
const memory = new WebAssembly.Memory({ initial: 1, maximum: 4096 });
const encoder = new TextEncoder();
const text = encoder.encode(name);
const filestat = new Uint8Array(filestatBytes);
const inode = new BigUint64Array(filestat.buffer, FilestatOffset.inode, 1);

function expectThat(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`${name}: ${what}`);
}

function turn(i: number): void {
  const [file, other] = [`${name}-${i % 16}`, `${name}-other`];
  const fd = host.open(root, file, how);
  expectThat(fd >= 0, `open answers ${fd}`);
  expectThat(host.write(fd, 0, text) === text.length, "a write is short");
  const into = new Uint8Array(memory.buffer, i % 1000, text.length);
  expectThat(host.read(fd, 0, into) === text.length, "a read is short");
  expectThat(
    into.every((byte, at) => byte === text[at]),
    "another's bytes came",
  );
  expectThat(host.size(fd) === text.length, "the size is another's");
  const [stat, found] = [host.stat(fd), host.statPath(root, encoder.encode(file), filestat)];
  expectThat(typeof stat === "object" && found === 0, "no stat");
  expectThat((stat as { inode: bigint }).inode === inode[0], "two inodes");
  expectThat(host.close(fd) === 0, "close is refused");
  expectThat(host.rename(root, file, root, other) === 0, "rename is refused");
  expectThat(host.unlink(root, other) === 0, "unlink is refused");
}

for (let i = 0; i < turns; i++) {
  turn(i);
  if (i % 32 === 0 && memory.buffer.byteLength < 2 ** 27) memory.grow(1);
  if (i % turnsPerReport === 0) parentPort?.postMessage(i);
}
host.close(root);
