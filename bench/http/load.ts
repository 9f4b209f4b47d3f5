// The load of the http benchmark: connections that are kept alive, each with one request in flight. The
// client reads into one buffer and only counts bytes, so that it costs less than any server it drives
// and the server is what is measured.
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  /** Connections beside them that are open and ask for nothing. */
  readonly idle: number;
  readonly requests: number;
  /** What every answer must be, byte for byte; it is compared once for each connection. */
  readonly answer: Uint8Array;
}

export interface LoadResult {
  readonly elapsedMs: number;
  readonly answeredBytes: number;
}

export class WrongAnswerError extends Error {
  override readonly name = "WrongAnswerError";
}

const request = Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

/** Makes all requests and ends when the last answer is there. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const shared = { left: options.requests, bytes: 0 };
  const idle = await Promise.all(Array.from({ length: options.idle }, () => opened(options.port)));
  const start = process.hrtime.bigint();
  const one = (): Promise<void> => runConnection(options, shared);
  await Promise.all(Array.from({ length: options.connections }, one));
  const elapsedMs = Number(process.hrtime.bigint() - start) / 1e6;
  await Promise.all(idle.map(ended));
  return { elapsedMs, answeredBytes: shared.bytes };
}

async function opened(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  await once(socket, "connect");
  return socket;
}

/** Both ends are closed, so that the server has room for the next ones. */
async function ended(socket: Socket): Promise<void> {
  const closed = once(socket, "close");
  socket.resume().end();
  await closed;
}

function runConnection(
  { port, answer }: LoadOptions,
  shared: { left: number; bytes: number },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const buffer = Buffer.alloc(64 * 1024);
  let received = 0;
  let isFirst = true;
  const next = (): void => {
    received = 0;
    if (shared.left-- > 0) socket.write(request);
    else socket.end();
  };
  const take = (count: number): boolean => {
    received += count;
    shared.bytes += count;
    if (received > answer.length)
      reject(new WrongAnswerError(`${received} bytes came for ${answer.length}`));
    if (received !== answer.length) return true;
    if (isFirst && Buffer.compare(buffer.subarray(0, count), answer) !== 0 && count === received) {
      reject(new WrongAnswerError(`the answer is "${buffer.toString("latin1", 0, count)}"`));
    }
    isFirst = false;
    next();
    return true;
  };
  const socket: Socket = connect({
    port,
    host: "127.0.0.1",
    noDelay: true,
    onread: { buffer, callback: take },
  });
  socket.once("connect", next).once("error", reject).once("close", resolve);
  return promise;
}
