// The gateway: gives clients in other OS processes sessions with the server of its cell. For each request
// it makes a kernel call with the session's badge, so the server cannot tell such a client from one of
// its own core. A request that comes again, since its answer was lost with a connection or with the cell,
// is known by its number: it is answered with what was answered, or waits for that, and is never made
// twice. Sockets and kernel calls are behind `Link` and `ServerCalls`.
import type { ClientCall, ServerCalls } from "./server-calls.ts";
import { type Frame, FrameKind, makeFrame } from "./frame.ts";
import { type GatewaySession, type Link, newSession } from "./gateway-session.ts";
import { Refusal, refusalTexts } from "./refusal.ts";
import type { SessionHistory } from "./session-history.ts";
import type { SessionKeys } from "./session-keys.ts";

export interface GatewayOptions {
  readonly calls: ServerCalls;
  readonly keys: SessionKeys;
  /** Which start of the cell this is. */
  readonly epoch: number;
  readonly history?: SessionHistory | undefined;
  readonly sessionsMax?: number | undefined;
  /** Whether a newer process is the server by now: then nothing is said in its name any more. */
  readonly isTakenOver?: (() => boolean) | undefined;
  /** Requests that are open, and all that were answered, whenever that has changed. */
  readonly onProgress?: ((open: number, answered: number) => void) | undefined;
}

/** Sessions at once, connected or kept for a client that may come back. */
export const defaultSessionsMax = 256;

/** Longest time for which a session is kept without its client. */
const keepSecondsMax = 3600;

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #sessions = new Map<number, GatewaySession>();
  readonly #byLink = new Map<Link, GatewaySession>();
  #openCount = 0;
  #answeredCount = 0;
  #isOver = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Sessions, and those of them that are connected. */
  get counts(): { readonly sessions: number; readonly connected: number } {
    return { sessions: this.#sessions.size, connected: this.#byLink.size };
  }

  /** A frame from a client. Afterwards its connection belongs to the session in it, or is over. */
  receive(link: Link, frame: Frame): void {
    const session = this.#byLink.get(link);
    if (session === undefined) {
      if (frame.kind === FrameKind.hello && !this.#isOver) this.#hello(link, frame);
      else this.refuse(link, this.#isOver ? Refusal.gone : Refusal.badFrame);
      return;
    }
    if (frame.session !== session.number) this.refuse(link, Refusal.stranger);
    else if (frame.kind === FrameKind.call) this.#request(session, frame);
    else if (frame.kind === FrameKind.bye) this.#end(session);
    else this.refuse(link, Refusal.badFrame);
  }

  /** The connection is gone; its session is kept for a while. */
  disconnected(link: Link): void {
    const session = this.#byLink.get(link);
    this.#byLink.delete(link);
    if (session === undefined || session.link !== link) return;
    session.link = undefined;
    session.expiry = setTimeout(() => this.#end(session), session.keepMs).unref();
  }

  /** Ends a connection with a reason. */
  refuse(link: Link, refusal: Refusal): void {
    const bytes = new TextEncoder().encode(refusalTexts[refusal]);
    this.#say(link, makeFrame(FrameKind.refused, { label: refusal, bytes }));
    this.disconnected(link);
    link.close();
  }

  /** The server has ended, and with it all sessions. */
  close(): void {
    this.#isOver = true;
    for (const session of this.#sessions.values()) {
      if (session.link !== undefined) this.refuse(session.link, Refusal.gone);
      this.#end(session);
    }
  }

  #hello(link: Link, frame: Frame): void {
    const session = this.#sessionOf(frame);
    if (typeof session === "number") {
      this.refuse(link, session);
      return;
    }
    clearTimeout(session.expiry);
    session.expiry = undefined;
    const before = session.link;
    session.link = link;
    this.#byLink.set(link, session);
    // A client that comes again has given its older connection up, even if that does not know it yet.
    if (before !== undefined) {
      this.#byLink.delete(before);
      before.close();
    }
    session.keepMs = Math.max(1, Math.min(frame.status, keepSecondsMax)) * 1000;
    const { number, badge } = session;
    const words = new Int32Array(6);
    words.set(this.#options.keys.token(number, badge));
    const { epoch } = this.#options;
    this.#say(link, makeFrame(FrameKind.welcome, { session: number, badge, words, epoch }));
    link.setReading(true);
  }

  /** The session that a client says it is, or a `Refusal`. */
  #sessionOf({ session: number, badge, words }: Frame): GatewaySession | Refusal {
    const known = this.#sessions.get(number);
    if (badge === 0) {
      if (known === undefined) return this.#open(number, 0);
      // Its client has not been welcomed yet, as far as it knows.
      return known.sequence === 0 && !known.isReturning ? known : Refusal.stranger;
    }
    if (!this.#options.keys.isToken(number, badge, words)) return Refusal.lost;
    return known ?? this.#open(number, badge);
  }

  #open(number: number, badge: number): GatewaySession | Refusal {
    const { calls, sessionsMax = defaultSessionsMax } = this.#options;
    if (this.#sessions.size >= sessionsMax) return Refusal.full;
    const isReturning = badge !== 0;
    const own = isReturning ? badge : this.#newBadge();
    if (own === 0) return Refusal.full;
    const session = newSession({ number, badge: own, slot: calls.open(own), isReturning });
    this.#sessions.set(number, session);
    return session;
  }

  /** 0 if there is none: all are used up, or the disk on which that is noted is full. */
  #newBadge(): number {
    try {
      return this.#options.keys.newBadge();
    } catch {
      return 0;
    }
  }

  #request(session: GatewaySession, frame: Frame): void {
    if (frame.sequence === session.sequence && session.sequence > 0) {
      this.#repeat(session);
      return;
    }
    const standing = this.#standingOf(session, frame.sequence);
    if (standing === "lost" || session.state === "open") {
      this.refuse(session.link!, standing === "lost" ? Refusal.lost : Refusal.badFrame);
      return;
    }
    session.isReturning = false;
    session.sequence = frame.sequence;
    this.#setOpen(session);
    if (standing === "fresh") this.#call(session, frame);
    else
      this.#options.history!.whenReplied(session.badge, (reply) => {
        this.#answer(session, { status: 0, isHeard: true, ...reply });
      });
  }

  #standingOf(session: GatewaySession, sequence: number): "fresh" | "repeat" | "lost" {
    const { history } = this.#options;
    if (sequence < 1) return "lost";
    if (session.isReturning) return history?.announce(session.badge, sequence) ?? "lost";
    return sequence === session.sequence + 1 ? "fresh" : "lost";
  }

  /** A request that came before. If it is open, its answer goes to wherever the client is then. */
  #repeat(session: GatewaySession): void {
    if (session.answer !== undefined) this.#say(session.link, session.answer);
    else session.link?.setReading(false);
  }

  #setOpen(session: GatewaySession): void {
    session.state = "open";
    session.answer = undefined;
    session.link?.setReading(false);
    this.#openCount++;
    this.#tellProgress();
  }

  #call(session: GatewaySession, { label, words, bytes, sequence }: Frame): void {
    const { calls, history } = this.#options;
    const call: ClientCall = {
      label,
      words,
      bytes,
      over: (answer) => {
        const isHeard = history === undefined || history.received(session.badge) >= sequence;
        const bytesOwn = answer.bytes.slice();
        this.#answer(session, { ...answer, words: answer.words.slice(), bytes: bytesOwn, isHeard });
      },
    };
    session.giveUp = calls.call(session.slot, call);
  }

  #answer(session: GatewaySession, { isHeard, ...message }: HeardAnswer): void {
    session.giveUp = undefined;
    this.#openCount--;
    this.#answeredCount++;
    this.#tellProgress();
    if (session.isOver) {
      this.#options.calls.close(session.slot);
      return;
    }
    const { number, sequence } = session;
    const epoch = isHeard ? 1 : 0;
    const answer = makeFrame(FrameKind.answer, { session: number, sequence, epoch, ...message });
    session.state = "answered";
    session.answer = answer;
    // The server knows nothing of it, so the next request has the number again.
    if (!isHeard) session.sequence--;
    this.#say(session.link, answer);
    session.link?.setReading(true);
  }

  /** Nobody will ask for it again. The server may still answer a request that it has begun. */
  #end(session: GatewaySession): void {
    if (session.isOver) return;
    session.isOver = true;
    this.#sessions.delete(session.number);
    clearTimeout(session.expiry);
    if (session.link !== undefined) this.#byLink.delete(session.link);
    session.link?.close();
    const { calls } = this.#options;
    if (session.state !== "open") calls.close(session.slot);
    else session.giveUp?.();
  }

  /** Where it is not this process's to say any more the connection ends, and its client looks for another. */
  #say(link: Link | undefined, frame: Frame): void {
    if (this.#options.isTakenOver?.() === true) link?.close();
    else link?.send(frame);
  }

  #tellProgress(): void {
    this.#options.onProgress?.(this.#openCount, this.#answeredCount);
  }
}

interface HeardAnswer {
  readonly status: number;
  readonly label: number;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly isHeard: boolean;
}
