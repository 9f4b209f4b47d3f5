// Serves something that answers requests as `fetch` has them, on the loopback of this computer. The body of
// a request is taken whole, within limits; that of an answer goes out as it comes.
import type { IncomingMessage, Server, ServerResponse } from "node:http";

export interface HttpListener {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

export type Answer = (request: Request) => Response | Promise<Response>;

const host = "127.0.0.1";
const headersMs = 10_000;
const connectionsMax = 256;
const bodyBytesMax = 4 * 1024 * 1024;

/** `port` 0: any that is free. `answerAt` is told which it became. Rejects if it cannot be had. */
export async function listenHttp(
  port: number,
  answerAt: (port: number) => Answer,
): Promise<HttpListener> {
  const { createServer } = process.getBuiltinModule("node:http");
  const server = createServer({ headersTimeout: headersMs, requestTimeout: headersMs });
  server.maxConnections = connectionsMax;
  const bound = await bind(server, port);
  const answer = answerAt(bound);
  // No connection comes up before this: that takes a turn of the event loop.
  server.on("request", (from, to) => {
    // Its reader went away, which the stream of the answer hears, too.
    to.on("error", () => {});
    respond(from, to, answer).catch(() => to.destroy());
  });
  return {
    port: bound,
    url: `http://${host}:${bound}`,
    close: () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      // It listens on a port of TCP, so this is no path.
      const address = server.address() as { port: number };
      resolve(address.port);
    });
  });
}

async function respond(from: IncomingMessage, to: ServerResponse, answer: Answer): Promise<void> {
  const body = await bodyOf(from);
  const request = body === undefined ? undefined : requestOf(from, body);
  if (request === undefined) {
    to.writeHead(400).end();
    return;
  }
  const response = await answer(request);
  to.writeHead(response.status, [...response.headers].flat());
  if (response.body === null) to.end();
  else await pass(response.body, to);
}

/** Undefined if there is too much of it, or it breaks off. */
async function bodyOf(from: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bodyBytesMax) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}

/** As fast as it is read; whoever writes is told when nobody reads any more. */
async function pass(body: ReadableStream<Uint8Array>, to: ServerResponse): Promise<void> {
  const reader = body.getReader();
  to.on("close", () => void reader.cancel());
  to.flushHeaders();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!to.write(value) && !to.destroyed) await drained(to);
  }
  to.end();
}

function drained(to: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    to.once("drain", resolve);
    to.once("close", resolve);
  });
}

/** Undefined for what is no request that `fetch` could have made. */
function requestOf(from: IncomingMessage, body: Buffer): Request | undefined {
  try {
    const headers = new Headers();
    for (const [name, value] of Object.entries(from.headers)) {
      for (const one of [value ?? []].flat()) headers.append(name, one);
    }
    const url = new URL(from.url ?? "/", `http://${from.headers.host ?? host}`);
    const method = from.method ?? "GET";
    return new Request(url, { method, headers, ...(body.length === 0 ? {} : { body }) });
  } catch {
    return undefined;
  }
}
