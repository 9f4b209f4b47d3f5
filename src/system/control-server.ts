// The system's end of its control socket. Only this user gets to it: the directory and the socket are
// closed to others, and the system is asked who is at the other end.
import { messageOf } from "../base/index.ts";
import { chmodSync, rmSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { peerOf, PlaceError } from "../server/session/index.ts";
import { requestBytesMax, SystemError, type SystemRequest } from "./system-request.ts";

export interface ControlServerOptions {
  readonly path: string;
  /** Its errors of kind `SystemError` go to whoever asked. */
  readonly answer: (request: SystemRequest) => unknown;
  /** A request failed for a reason of ours. */
  readonly onError: (error: unknown) => void;
}

export interface ControlServer {
  /** Ends when what was asked has been answered. */
  close(): Promise<void>;
}

/** How long a connection may take to close once its last answer is written. */
const lingerMs = 500;

/** Opens the socket; whatever was left there by another system is taken away. */
export async function openControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const { createServer } = process.getBuiltinModule("node:net");
  const peer = peerOf();
  const self = process.getuid?.();
  const sockets = new Map<Socket, () => Promise<void>>();
  const server = createServer((socket) => {
    const uid = peer(socket);
    if (uid !== undefined && uid !== self) {
      socket.destroy();
      return;
    }
    sockets.set(socket, serveSocket(socket, options));
    socket.on("close", () => sockets.delete(socket));
  });
  rmSync(options.path, { force: true });
  await listen(server, options.path);
  return {
    async close() {
      server.close();
      rmSync(options.path, { force: true });
      await Promise.all([...sockets].map(([socket, answered]) => finish(socket, answered())));
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve();
    });
  });
}

async function finish(socket: Socket, answered: Promise<void>): Promise<void> {
  await answered;
  if (socket.destroyed) return;
  const closed = new Promise<void>((resolve) => void socket.on("close", () => resolve()));
  socket.end();
  // Somebody may hold on to the other end; what was written is in the system's buffer by then.
  setTimeout(() => socket.destroy(), lingerMs).unref();
  await closed;
}

/** Requests of a connection are answered in their order. Answers when those there are have been. */
function serveSocket(socket: Socket, options: ControlServerOptions): () => Promise<void> {
  let text = "";
  let before: Promise<void> = Promise.resolve();
  socket.setEncoding("utf8");
  socket.on("error", () => {});
  socket.on("data", (chunk: string) => {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop()!;
    if (text.length > requestBytesMax) socket.destroy();
    for (const line of lines) {
      before = before.then(async () => {
        const answer = await answerOf(line, options);
        if (!socket.destroyed) socket.write(`${JSON.stringify(answer)}\n`);
      });
    }
  });
  return () => before;
}

async function answerOf(line: string, { answer, onError }: ControlServerOptions): Promise<object> {
  try {
    // What makes no sense in it is refused by whoever answers.
    return { ok: true, value: await answer(JSON.parse(line) as SystemRequest) };
  } catch (error) {
    const isRefusal = error instanceof SystemError || error instanceof PlaceError;
    if (!isRefusal) onError(error);
    const code = error instanceof SystemError ? error.code : undefined;
    const message = messageOf(error);
    return { ok: false, message, code: code ?? null };
  }
}
