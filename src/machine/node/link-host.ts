// How two processes of a host come to have a link: one listens at a Unix socket, the other connects, and they agree
// on the memory. If both can lay a file over memory, that is the link's, and the socket only rings; if not, the socket
// carries the lines.
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Carrier } from "../carrier.ts";
import { channelWords, lineBytes } from "../line.ts";
import { mappedCarrier } from "./link-mapped.ts";
import { makeLinkMemory, type MemoryPlace, openLinkMemory } from "./link-memory-file.ts";
import type { SharedLinkOptions } from "./link-shared.ts";
import { socketCarrier } from "./link-socket.ts";

export interface HostLinkOptions extends SharedLinkOptions {
  /** False: the lines go over the socket, even if memory could be shared. */
  readonly mayMap?: boolean;
}

/** What the listener says first. */
interface Offer {
  readonly version: number;
  readonly slots: number;
  readonly bulkBytes: number;
  readonly pid: number;
  /** Null: there is no memory that could be shared. */
  readonly memory: MemoryPlace | null;
}

/** What the other says to that. */
interface Answer {
  readonly pid: number;
  readonly isMapped: boolean;
}

/** Of this exchange and of the layout of lines. */
const version = 1;

/** Thrown if what is at the socket is no link, or one of another version. */
export class LinkRefusedError extends Error {
  override readonly name = "LinkRefusedError";
}

/** Listens for links at a Unix socket. Close the server to take no more; links that there are stay. */
export function listenForLinks(
  path: string,
  options: HostLinkOptions,
  onLink: (carrier: Carrier) => void,
): Promise<Server> {
  const server = createServer((socket) => offer(socket, options, onLink));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve(server));
  });
}

/**
 * Makes a link with the process that listens at a Unix socket.
 *
 * @throws LinkRefusedError if what answers there is something else
 */
export function connectLink(
  path: string,
  { mayMap = true }: Pick<HostLinkOptions, "mayMap"> = {},
): Promise<Carrier> {
  const socket = connect(path);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => reject(new LinkRefusedError(`the process at ${path} hung up`)));
    onceLine(socket, (line) => {
      try {
        socket.removeAllListeners("close");
        resolve(accept(socket, tryParse<Offer>(line), mayMap));
      } catch (error) {
        socket.destroy();
        reject(error as Error);
      }
    });
  });
}

function offer(
  socket: Socket,
  { slots = 64, bulkBytes = 0, mayMap = true }: HostLinkOptions,
  onLink: (carrier: Carrier) => void,
): void {
  const shape = { slots, bulkBytes };
  const memory = mayMap ? makeLinkMemory(memoryBytes(shape)) : undefined;
  socket.once("close", () => memory?.release());
  socket.on("error", () => undefined);
  onceLine(socket, (line) => {
    memory?.release();
    const answer = tryParse<Answer>(line);
    if (answer === undefined) return void socket.destroy();
    const link = { socket, shape, pid: answer.pid };
    const isMapped = memory !== undefined && answer.isMapped;
    onLink(isMapped ? mappedCarrier({ ...link, memory, side: 0 }) : socketCarrier(link));
  });
  const said: Offer = { version, ...shape, pid: process.pid, memory: memory?.place ?? null };
  socket.write(`${JSON.stringify(said)}\n`);
}

function accept(socket: Socket, said: Offer | undefined, mayMap: boolean): Carrier {
  if (said?.version !== version) {
    throw new LinkRefusedError(
      `what answers there does not speak version ${version} of links: run both processes from one release`,
    );
  }
  const { memory: place, pid, slots, bulkBytes } = said;
  const shape = { slots, bulkBytes };
  const memory = mayMap && place !== null ? openLinkMemory(place, memoryBytes(shape)) : undefined;
  const answer: Answer = { pid: process.pid, isMapped: memory !== undefined };
  socket.write(`${JSON.stringify(answer)}\n`);
  const link = { socket, shape, pid };
  return memory === undefined ? socketCarrier(link) : mappedCarrier({ ...link, memory, side: 1 });
}

function memoryBytes({ slots, bulkBytes }: Required<SharedLinkOptions>): number {
  return 2 * (channelWords(slots) * 4 + Math.ceil(bulkBytes / lineBytes) * lineBytes);
}

/** The first line that comes; what comes behind it is left to the next listener. */
function onceLine(socket: Socket, then: (line: string) => void): void {
  let text = Buffer.alloc(0);
  const take = (bytes: Buffer): void => {
    text = Buffer.concat([text, bytes]);
    const end = text.indexOf(10);
    if (end < 0) return;
    socket.off("data", take);
    socket.pause();
    if (end + 1 < text.length) socket.unshift(text.subarray(end + 1));
    then(text.toString("utf8", 0, end));
    socket.resume();
  };
  socket.on("data", take);
}

/** What the other side says is written by this file there; what is not shows in its version. */
function tryParse<T>(line: string): T | undefined {
  try {
    return JSON.parse(line) as T;
  } catch {
    return undefined;
  }
}
