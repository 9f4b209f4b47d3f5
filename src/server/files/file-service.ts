// A file server: the messages of `Ask`, answered from a file tree. It keeps what its clients have open,
// by badge and handle; handle 0 is the root and cannot be closed. Positions are the clients' own, so a
// read or write is whole in itself, and so is every other answer here: nothing waits.
import { Access, Ask, Errno, FdFlag, Interest, readyRecordBytes } from "../../userlib/index.ts";
import type { Answer, Message, Service, ServiceHost } from "../../userlib/index.ts";
import { writeFilestat, writeListing } from "./filestat.ts";
import type { FileTree, OpenDirectory, OpenFile } from "./file-tree.ts";
import { pathRequests } from "./path-requests.ts";
import {
  countAnswer,
  done,
  numberAt,
  outboxPart,
  refuse,
  timesOf,
  wordsAnswer,
} from "./request.ts";

export type Open = OpenDirectory | OpenFile;

/** Something open, with the access that it was opened with. */
export interface Opened {
  readonly node: Open;
  readonly access: number;
}

/** What a request handler works with. */
export interface Request {
  readonly message: Message;
  readonly host: ServiceHost;
  readonly client: Client;
  readonly tree: FileTree;
}

const handleCountMax = 65_536;

/** The handles of one client. */
export class Client {
  readonly #opened: (Opened | undefined)[];

  constructor(root: OpenDirectory) {
    this.#opened = [{ node: root, access: Access.read | Access.write }];
  }

  get(handle: number): Opened | undefined {
    return this.#opened[handle];
  }

  file(handle: number): OpenFile | undefined {
    const node = this.#opened[handle]?.node;
    return node?.kind === "file" ? node : undefined;
  }

  directory(handle: number): OpenDirectory | number {
    const node = this.#opened[handle]?.node;
    if (node === undefined) return Errno.badf;
    return node.kind === "directory" ? node : Errno.notdir;
  }

  get isFull(): boolean {
    return this.#opened.length >= handleCountMax && !this.#opened.includes(undefined);
  }

  add(opened: Opened): number {
    const free = this.#opened.indexOf(undefined);
    if (free < 0) return this.#opened.push(opened) - 1;
    this.#opened[free] = opened;
    return free;
  }

  close(handle: number): number {
    const opened = this.#opened[handle];
    if (opened === undefined) return Errno.badf;
    if (handle === 0) return Errno.success;
    this.#opened[handle] = undefined;
    return opened.node.close();
  }

  closeAll(): void {
    this.#opened.forEach((_, handle) => this.close(handle));
  }
}

export function fileService(name: string, tree: FileTree): Service {
  const clients = new Map<number, Client>();
  const root = tree.root();
  return {
    name,
    handle(message, host) {
      let client = clients.get(message.badge);
      if (client === undefined) clients.set(message.badge, (client = new Client(root)));
      // The hot requests first, without an object to carry what they need.
      if (message.label === Ask.read) return read(message, host, client);
      if (message.label === Ask.write) return write(message, client);
      const handler = requests.get(message.label);
      if (handler === undefined) return refuse(Errno.nosys);
      return handler({ message, host, client, tree });
    },
    onClientGone(badge) {
      clients.get(badge)?.closeAll();
      clients.delete(badge);
    },
  };
}

function read({ words }: Message, host: ServiceHost, client: Client): Answer {
  const file = client.file(words[0]);
  if (file === undefined) return refuse(refuseFile(client, words[0], Errno.isdir));
  if ((client.get(words[0])!.access & Access.read) === 0) return refuse(Errno.badf);
  const offset = numberAt(words, 1);
  if (offset < 0) return refuse(Errno.inval);
  const into = outboxPart(host, words[3]);
  const count = file.read(offset, into);
  return count < 0
    ? refuse(-count)
    : countAnswer(count, count === into.length ? into : into.subarray(0, count));
}

function write({ words, bytes }: Message, client: Client): Answer {
  const file = client.file(words[0]);
  if (file === undefined) return refuse(refuseFile(client, words[0], Errno.badf));
  if ((client.get(words[0])!.access & Access.write) === 0) return refuse(Errno.badf);
  const offset = numberAt(words, 1);
  const count = file.write(offset, bytes, words[3]);
  if (count < 0) return refuse(-count);
  const end = (words[3] & FdFlag.append) === 0 ? offset + count : Math.max(0, file.size());
  return wordsAnswer(count, end | 0, Math.floor(end / 2 ** 32));
}

function refuseFile(client: Client, handle: number, ofDirectory: number): number {
  return client.get(handle) === undefined ? Errno.badf : ofDirectory;
}

/** Runs on whatever is open under the handle in w0. */
function onNode(run: (node: Open, request: Request) => number): (request: Request) => Answer {
  return (request) => {
    const opened = request.client.get(request.message.words[0]);
    return opened === undefined ? refuse(Errno.badf) : done(run(opened.node, request));
  };
}

/** Runs on a file that is open for writing. */
function onWritable(
  run: (file: OpenFile, words: Int32Array) => number,
): (request: Request) => Answer {
  return ({ message, client }) => {
    const file = client.file(message.words[0]);
    if (file === undefined) return refuse(refuseFile(client, message.words[0], Errno.badf));
    if ((client.get(message.words[0])!.access & Access.write) === 0) return refuse(Errno.inval);
    return done(run(file, message.words));
  };
}

function stat({ message, host, client }: Request): Answer {
  const opened = client.get(message.words[0]);
  if (opened === undefined) return refuse(Errno.badf);
  const found = opened.node.stat();
  if (typeof found === "number") return refuse(found);
  return countAnswer(0, writeFilestat(host.outbox, found));
}

function size({ message, client }: Request): Answer {
  const file = client.file(message.words[0]);
  if (file === undefined) return refuse(refuseFile(client, message.words[0], Errno.badf));
  const bytes = file.size();
  return bytes < 0 ? refuse(-bytes) : wordsAnswer(bytes | 0, Math.floor(bytes / 2 ** 32), 0);
}

function readDirectory({ message, host, client }: Request): Answer {
  const directory = client.directory(message.words[0]);
  if (typeof directory === "number") return refuse(directory);
  const out = outboxPart(host, message.words[3]);
  const count = writeListing(out, directory, numberAt(message.words, 1));
  return count < 0 ? refuse(-count) : countAnswer(count, out.subarray(0, count));
}

/** Files are always ready: the records come back with what was asked for. */
function ready({ message, host }: Request): Answer {
  const bytes = Math.min(message.bytes.length, host.outbox.length);
  const count = Math.floor(bytes / readyRecordBytes);
  const out = host.outbox.subarray(0, count * readyRecordBytes);
  out.set(message.bytes.subarray(0, out.length));
  for (let at = 0; at < out.length; at += readyRecordBytes) {
    out[at] = out[at + 4] & (Interest.read | Interest.write);
    out.fill(0, at + 1, at + 8);
  }
  return countAnswer(count, out);
}

const requests = new Map<number, (request: Request) => Answer>([
  [Ask.sync, onNode((node, { message }) => node.sync(message.words[1] !== 0))],
  [Ask.stat, stat],
  [Ask.setSize, onWritable((file, words) => file.setSize(numberAt(words, 1)))],
  [
    Ask.allocate,
    onWritable((file, words) => file.allocate(numberAt(words, 1) + numberAt(words, 3))),
  ],
  [
    Ask.setTimes,
    onNode((node, { message, tree }) => node.setTimes(timesOf(message.words, tree.nowNs()))),
  ],
  [Ask.readDirectory, readDirectory],
  [Ask.close, ({ message, client }) => done(client.close(message.words[0]))],
  [Ask.size, size],
  [Ask.ready, ready],
  ...pathRequests,
]);
