// Tool servers by HTTP, in the manner of the Model Context Protocol's streamable transport (2025-06-18): requests
// are posted and answered by a stream of events; a client may keep another stream open for what belongs to
// no request. A session begins with `initialize` and is named by a header from then on.
import type { ChildProcess } from "node:child_process";
import { type Context, Hono } from "hono";
import { type MessageStream, type ToolMessage, ToolSession } from "./tool-session.ts";

export interface ToolRoutesOptions {
  /** Starts `shoal attach` for a program of that name; undefined if there is none. */
  readonly attach: (name: string) => ChildProcess | undefined;
}

const sessionHeader = "Mcp-Session-Id";
const sessionsMax = 100;
const idleMsMax = 30 * 60_000;

export class ToolSessions {
  readonly routes = new Hono();
  readonly #attach: ToolRoutesOptions["attach"];
  readonly #sessions = new Map<string, ToolSession>();

  constructor({ attach }: ToolRoutesOptions) {
    this.#attach = attach;
    this.routes.post("/:name", (context) => this.#posted(context));
    this.routes.get("/:name", (context) => this.#stood(context));
    this.routes.delete("/:name", (context) => this.#deleted(context));
  }

  close(): void {
    for (const session of this.#sessions.values()) session.end();
  }

  async #posted(context: Context): Promise<Response> {
    const message = await messageOf(context);
    if (message === undefined) return refuse(context, 400, "the body is no message of JSON-RPC");
    const isFirst = message.method === "initialize";
    const session = isFirst ? this.#begin(context) : this.#found(context);
    if (session instanceof Response) return session;
    if (message.method === undefined || message.id === undefined) {
      session.send(message);
      return context.body(null, 202);
    }
    return streamed(session, (stream) => {
      session.send(message, stream);
      return () => session.leave(message.id, stream);
    });
  }

  #stood(context: Context): Response {
    const session = this.#found(context);
    if (session instanceof Response) return session;
    let isRefused = false;
    const response = streamed(session, (stream) => {
      isRefused = !session.stand(stream);
      return () => session.leaveStanding(stream);
    });
    return isRefused ? refuse(context, 409, "the session has such a stream already") : response;
  }

  #deleted(context: Context): Response {
    const session = this.#found(context);
    if (session instanceof Response) return session;
    session.end();
    return context.body(null, 204);
  }

  #begin(context: Context): ToolSession | Response {
    this.#endIdle();
    if (this.#sessions.size >= sessionsMax) {
      return refuse(context, 503, `there are ${sessionsMax} sessions: end one first`);
    }
    const name = context.req.param("name") ?? "";
    const child = this.#attach(name);
    if (child === undefined) return refuse(context, 404, `there is no program named ${name}`);
    const session = new ToolSession(child);
    this.#sessions.set(session.id, session);
    void session.ended.then(() => this.#sessions.delete(session.id));
    return session;
  }

  /** A session is of the program with which it began. */
  #found(context: Context): ToolSession | Response {
    const id = context.req.header(sessionHeader);
    if (id === undefined) return refuse(context, 400, `say ${sessionHeader}, or initialize first`);
    return (
      this.#sessions.get(id) ?? refuse(context, 404, "there is no such session: begin another")
    );
  }

  #endIdle(): void {
    for (const session of this.#sessions.values()) {
      if (!session.isBusy && performance.now() - session.usedMs > idleMsMax) session.end();
    }
  }
}

/** A response of events. `begin` gets their stream, and answers what to do when nobody reads it any more. */
function streamed(session: ToolSession, begin: (stream: MessageStream) => () => void): Response {
  const encoder = new TextEncoder();
  let left = (): void => undefined;
  let isOver = false;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      left = begin({
        send: (message) => {
          const event = `event: message\ndata: ${JSON.stringify(message)}\n\n`;
          if (!isOver) controller.enqueue(encoder.encode(event));
        },
        close: () => {
          if (!isOver) controller.close();
          isOver = true;
        },
      });
    },
    cancel() {
      isOver = true;
      left();
    },
  });
  const headers = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache",
    [sessionHeader]: session.id,
  };
  return new Response(body, { headers });
}

async function messageOf(context: Context): Promise<ToolMessage | undefined> {
  try {
    const value: unknown = await context.req.json();
    const isMessage = typeof value === "object" && value !== null && !Array.isArray(value);
    return isMessage ? value : undefined;
  } catch {
    return undefined;
  }
}

type Refusal = 400 | 404 | 409 | 503;

function refuse(context: Context, status: Refusal, message: string): Response {
  return context.json({ jsonrpc: "2.0", id: null, error: { code: -32_000, message } }, status);
}
