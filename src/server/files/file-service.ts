// A file server: the messages of `Ask`, answered from a file tree. It keeps what its clients have open,
// by badge and handle; handle 0 is the root, for those that have it, and cannot be closed. Positions are the clients' own, so a
// read or write is whole in itself, and so is every other answer here: nothing waits.
import { Access, Ask, Errno, FdFlag, Interest, readyRecordBytes } from "../../userlib/index.ts";
import type { Answer, Message, Service, ServiceHost } from "../../userlib/index.ts";
import { Client, type Open, type Sharers } from "./file-client.ts";
import { exportFiles, importFiles } from "./file-states.ts";
import { writeFilestat, writeListing } from "./filestat.ts";
import type { FileTree, OpenFile } from "./file-tree.ts";
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

const wordMax = 0x7fff_ffff;

/** What a request handler works with. */
export interface Request {
  readonly message: Message;
  readonly host: ServiceHost;
  readonly client: Client;
  readonly tree: FileTree;
}

/** `hasRoot` says of a client, by its badge, whether it begins with the root; all do unless told. */
export function fileService(
  name: string,
  tree: FileTree,
  hasRoot: (badge: number) => boolean = () => true,
): Service {
  const clients = new Map<number, Client>();
  const sharers: Sharers = new Map();
  const root = tree.root();
  const clientOf = (badge: number): Client => {
    let client = clients.get(badge);
    if (client === undefined) {
      client = new Client(sharers, hasRoot(badge) ? root : undefined);
      clients.set(badge, client);
    }
    return client;
  };
  const all = { name, tree, root, clients, clientOf };
  // Most messages come from the one who sent the last.
  let last: Client | undefined;
  let lastBadge = -1;
  const known = (badge: number): Client => {
    if (badge === lastBadge && last !== undefined) return last;
    lastBadge = badge;
    return (last = clientOf(badge));
  };
  return {
    name,
    handle(message, host) {
      const client = known(message.badge);
      // The hot requests first, without an object to carry what they need.
      if (message.label === Ask.read) return read(message, host, client);
      if (message.label === Ask.write) return write(message, client);
      if (message.label === Ask.give) return give(message, client, clientOf);
      const handler = requests.get(message.label);
      if (handler === undefined) return refuse(Errno.nosys);
      return handler({ message, host, client, tree });
    },
    onClientGone(badge) {
      clients.get(badge)?.closeAll();
      clients.delete(badge);
      last = undefined;
    },
    states: {
      exportClients: (badges) => exportFiles(all, badges),
      importClients: (state) => importFiles(all, state),
    },
  };
}

/** Opens what a client has open for another, or for itself if the badge is 0. */
function give({ words }: Message, client: Client, clientOf: (badge: number) => Client): Answer {
  const opened = client.get(words[0]);
  if (opened === undefined) return refuse(Errno.badf);
  const to = words[1] === 0 ? client : clientOf(words[1]);
  return to.isFull ? refuse(Errno.mfile) : wordsAnswer(to.share(opened, words[0]), 0, 0);
}

function read({ words }: Message, host: ServiceHost, client: Client): Answer {
  const opened = client.get(words[0]);
  if (opened === undefined) return refuse(Errno.badf);
  const { node, access } = opened;
  if (node.kind !== "file") return refuse(Errno.isdir);
  if ((access & Access.read) === 0) return refuse(Errno.badf);
  const offset = numberAt(words, 1);
  if (offset < 0) return refuse(Errno.inval);
  const into = outboxPart(host, words[3]);
  const count = node.read(offset, into);
  return count < 0
    ? refuse(-count)
    : countAnswer(count, count === into.length ? into : into.subarray(0, count));
}

function write({ words, bytes }: Message, client: Client): Answer {
  const opened = client.get(words[0]);
  if (opened === undefined) return refuse(Errno.badf);
  const { node, access } = opened;
  if (node.kind !== "file" || (access & Access.write) === 0) return refuse(Errno.badf);
  const offset = numberAt(words, 1);
  const count = node.write(offset, bytes, words[3]);
  if (count < 0) return refuse(-count);
  const end = (words[3] & FdFlag.append) === 0 ? offset + count : Math.max(0, node.size());
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

/**
 * Files are always ready: each record comes back with what was asked for, and with the size of a file that
 * is to be read, as far as a word holds it. Where the reader stands in it only the reader knows.
 */
function ready({ message, host, client }: Request): Answer {
  const bytes = Math.min(message.bytes.length, host.outbox.length);
  const out = host.outbox.subarray(0, bytes - (bytes % readyRecordBytes));
  out.set(message.bytes.subarray(0, out.length));
  const view = new DataView(out.buffer, out.byteOffset, out.length);
  for (let at = 0; at < out.length; at += readyRecordBytes) {
    const interest = view.getInt32(at + 4, true) & (Interest.read | Interest.write);
    const size = client.file(view.getInt32(at, true))?.size() ?? 0;
    view.setInt32(at, interest, true);
    view.setInt32(at + 4, Math.max(0, Math.min(size, wordMax)), true);
  }
  return countAnswer(out.length / readyRecordBytes, out);
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
