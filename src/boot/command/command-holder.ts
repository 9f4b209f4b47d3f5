// Holds the sessions of one name: each client has one, with a child of its own. A session is kept for a
// while when its client's connection is lost, and with the log of its lines also when this process is.
import { chmodSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { join } from "node:path";
import type { NamePlace } from "../../server/session/index.ts";
import type { DurableLevel } from "../durable/durable-server.ts";
import { type AttachFrame, attachVersion, type Hello } from "./attach-frame.ts";
import { endLeftovers } from "./command-child.ts";
import { CommandLog } from "./command-log.ts";
import { type CommandManner, keepManner, keptSessions, mannerOf } from "./command-manner.ts";
import { readManner, removeSession, sessionDirectory } from "./command-manner.ts";
import { type ChildPolicy, CommandSession } from "./command-session.ts";
import { SocketLink } from "./socket-link.ts";

export interface CommandHolderOptions {
  readonly place: NamePlace;
  /** Where sessions are kept. */
  readonly data: string;
  /** Higher than that of every holder before. */
  readonly epoch: number;
  readonly level: DurableLevel;
  readonly logBytesMax: number;
  /** What is run for a client that does not say. */
  readonly manner: CommandManner;
  readonly newPolicy: () => ChildPolicy;
  /** Ends this process if another holder has taken over, in whose place nothing may be done any more. */
  readonly stayCurrent: () => void;
  readonly say: (text: string) => void;
  /** Somebody has come, or the last session is over. */
  readonly onCount?: (sessions: number) => void;
}

const sessionsMax = 256;

/** Beyond the time that a client says, for its own clock to have run out first. */
const keepSlackMs = 5000;

export function attachPathOf({ directory }: NamePlace): string {
  return join(directory, "attach");
}

export class CommandHolder {
  readonly #options: CommandHolderOptions;
  readonly #server: Server;
  readonly #sessions = new Map<string, CommandSession>();
  readonly #expiries = new Map<string, NodeJS.Timeout>();

  constructor(options: CommandHolderOptions) {
    this.#options = options;
    const { createServer } = process.getBuiltinModule("node:net");
    this.#server = createServer((socket) => {
      let session: CommandSession | undefined;
      const link = new SocketLink(socket, {
        onFrame: (frame) => {
          this.#options.stayCurrent();
          if (session === undefined) session = this.#greet(link, frame);
          else this.#heard(session, link, frame);
        },
        onClose: () => session && this.#detached(session, link),
      });
    });
  }

  get counts(): { readonly sessions: number; readonly open: number; readonly answered: number } {
    const all = [...this.#sessions.values()].map(({ counts }) => counts);
    const sum = (of: "open" | "answered"): number => all.reduce((n, one) => n + one[of], 0);
    return { sessions: all.length, open: sum("open"), answered: sum("answered") };
  }

  /** Takes up the sessions that are there, and lets clients come. */
  async open(): Promise<void> {
    if (this.#options.level !== "memory") this.#takeUp();
    const path = attachPathOf(this.#options.place);
    rmSync(path, { force: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject);
    this.#server.listen(path, resolve);
    await promise;
    chmodSync(path, 0o600);
    this.#options.onCount?.(this.#sessions.size);
  }

  /** Ends the children; sessions stay in their logs. */
  close(): void {
    for (const session of this.#sessions.values()) session.close(false);
    this.#server.close();
    rmSync(attachPathOf(this.#options.place), { force: true });
  }

  /** A child is started only when the client is back: it may be gone for good. */
  #takeUp(): void {
    const { data, say } = this.#options;
    for (const id of keptSessions(data)) {
      endLeftovers(id);
      const manner = readManner(data, id);
      if (manner === undefined) {
        removeSession(data, id);
        continue;
      }
      try {
        this.#expect(this.#make(id, manner));
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "LogRefusedError") throw error;
        say(`the session ${id} is lost: ${error.message}`);
      }
    }
  }

  #make(id: string, manner: CommandManner): CommandSession {
    const { level, data, epoch, logBytesMax, newPolicy, stayCurrent, say } = this.#options;
    const directory = sessionDirectory(data, id);
    const log = new CommandLog({ level, directory, epoch, logBytesMax });
    const session = new CommandSession({ id, manner, log, policy: newPolicy(), stayCurrent, say });
    this.#sessions.set(id, session);
    return session;
  }

  #greet(link: SocketLink, frame: AttachFrame | undefined): CommandSession | undefined {
    const found = frame?.kind === "hello" ? this.#sessionOf(frame.hello) : "that is no greeting";
    if (frame?.kind !== "hello" || typeof found === "string") {
      link.send({ kind: "refused", reason: found as string });
      link.close();
      return undefined;
    }
    const { hello } = frame;
    found.keepMs = hello.keepSeconds * 1000 + keepSlackMs;
    this.#expect(found, false);
    const { id, heard } = found;
    const welcome = { session: id, epoch: this.#options.epoch, heard };
    found.attach(link, hello.heard, { kind: "welcome", welcome });
    this.#options.onCount?.(this.#sessions.size);
    return found;
  }

  /** What is known of it, or a new one, or why there is none. */
  #sessionOf({ version, session: id, manner, protocol }: Hello): CommandSession | string {
    if (version !== attachVersion) return "it is another version of Shoal: attach anew";
    if (id !== undefined) return this.#sessions.get(id) ?? "its session is not known any more";
    if (this.#sessions.size >= sessionsMax) return `there are ${sessionsMax} sessions already`;
    const given = manner === undefined ? this.#options.manner : mannerOf(manner);
    if (given === undefined) return "that is no command";
    if (given.protocol !== protocol) {
      return `it speaks ${given.protocol}: attach with --protocol ${given.protocol}`;
    }
    const fresh = process.getBuiltinModule("node:crypto").randomBytes(16).toString("hex");
    const { level, data } = this.#options;
    if (level !== "memory") keepManner(data, fresh, given);
    return this.#make(fresh, given);
  }

  #heard(session: CommandSession, link: SocketLink, frame: AttachFrame | undefined): void {
    switch (frame?.kind) {
      case "line":
        if (!session.fromClient(frame.number, frame.line)) link.close();
        return;
      case "ack":
        return session.acknowledged(frame.number);
      case "end":
        return session.clientEnded();
      case "bye":
        return this.#remove(session);
      case "hello":
      case "welcome":
      case "refused":
      case "over":
      case undefined:
        link.close();
    }
  }

  #detached(session: CommandSession, link: SocketLink): void {
    if (session.detach(link)) this.#expect(session);
  }

  /** Ends a session whose client does not come back in time. */
  #expect(session: CommandSession, isAway = true): void {
    const { id, keepMs } = session;
    clearTimeout(this.#expiries.get(id));
    this.#expiries.delete(id);
    if (!isAway || !this.#sessions.has(id)) return;
    const gone = (): void => this.#remove(session);
    this.#expiries.set(id, setTimeout(gone, keepMs || keepUnknownMs).unref());
  }

  #remove(session: CommandSession): void {
    this.#expect(session, false);
    session.close(true);
    this.#sessions.delete(session.id);
    if (this.#options.level !== "memory") removeSession(this.#options.data, session.id);
    this.#options.onCount?.(this.#sessions.size);
  }
}

/** Of a session of an earlier holder, whose client has not said here how long it will be away. */
const keepUnknownMs = 65_000;
