// Who may ask by HTTP. The listener is on loopback only, which keeps other computers out and not the pages in
// a browser of this one: a page may send requests anywhere, by its own address or by a name that it has had
// changed to mean this computer. So the name that was asked for and the page that asks are looked at, too.
import type { MiddlewareHandler } from "hono";

export interface GuardOptions {
  readonly port: number;
  /** What `Authorization: Bearer` must say. */
  readonly token: string;
}

const localNames = ["127.0.0.1", "localhost", "[::1]"];

export function guard({ port, token }: GuardOptions): MiddlewareHandler {
  const hosts = localNames.map((name) => `${name}:${port}`);
  return async (context, next) => {
    const host = context.req.header("host") ?? "";
    if (!hosts.includes(host)) {
      return context.json({ error: `this is not ${host}: ask for 127.0.0.1:${port}` }, 421);
    }
    const origin = context.req.header("origin");
    if (origin !== undefined && !hosts.some((name) => origin === `http://${name}`)) {
      return context.json({ error: `pages of ${origin} may not ask here` }, 403);
    }
    if (!isSame(context.req.header("authorization") ?? "", `Bearer ${token}`)) {
      context.header("WWW-Authenticate", "Bearer");
      return context.json({ error: "say Authorization: Bearer and the token" }, 401);
    }
    return next();
  };
}

/** Takes the same time whatever differs. */
function isSame(given: string, wanted: string): boolean {
  const { hash, timingSafeEqual } = process.getBuiltinModule("node:crypto");
  return timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", wanted, "buffer"));
}
