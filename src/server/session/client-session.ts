// The client's end of a session with a server in another OS process. It keeps its one unanswered request;
// whenever the connection is lost it makes another and sends that request again, with its number, until
// it has an answer or the time is over. If an answer is long in coming it looks by a second connection
// whether the server has been taken over by a newer process meanwhile: one that was only stopped keeps
// its connections.
import { Status, statusName } from "../../abi/index.ts";
import type { Dial, Dialer } from "./dial.ts";
import { type Frame, FrameKind, makeFrame } from "./frame.ts";
import { mayTryAgain, Refusal, refusalTexts } from "./refusal.ts";

/** Who a session is, besides its number, once a gateway has said so. */
export interface ClientIdentity {
  readonly badge: number;
  readonly token: readonly number[];
  readonly epoch: number;
}

export interface ClientSessionOptions {
  /** Chosen at random: the session's number. */
  readonly number: number;
  /** Of a session that was begun in an earlier life: who it is, and how many of its requests were answered. */
  readonly earlier?: { readonly identity: ClientIdentity; readonly answered: number } | undefined;
  /** A gateway has said who it is; before anything is asked of it. */
  readonly onWelcome?: ((identity: ClientIdentity) => void) | undefined;
  readonly dial: Dialer;
  /** How long a request may be without a connection before it fails. */
  readonly timeoutMs: number;
  /** How long the first answer may take before a second connection is tried. */
  readonly probeMs?: number | undefined;
}

export interface Request {
  readonly label: number;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

/** What a request came to: an answer, or why there is none. */
export type Outcome =
  | {
      readonly status: 0;
      readonly label: number;
      readonly words: Int32Array;
      readonly bytes: Uint8Array;
    }
  | { readonly status: Status; readonly reason: string };

interface Pending {
  readonly frame: Frame;
  readonly over: (outcome: Outcome) => void;
  /** Since when there has been no connection, by this process's clock. */
  lostSince: number | undefined;
}

const defaultProbeMs = 1000;
const probeMsMax = 16_000;
/** The pause before the next attempt is this share of the time without a connection, within bounds. */
const retryShare = 1 / 16;
const retryMsMin = 5;
const retryMsMax = 50;
const partnerGone: Status = Status.partnerGone;

export class ClientSession {
  readonly #options: ClientSessionOptions;
  /** The connection that was welcomed, and one that is still to be. */
  #dial: Dial | undefined;
  #nextDial: Dial | undefined;
  #badge = 0;
  #token = new Int32Array(6);
  #epoch = 0;
  #sequence = 0;
  #pending: Pending | undefined;
  #probeMs: number;
  #retryTimer: NodeJS.Timeout | undefined;
  #probeTimer: NodeJS.Timeout | undefined;
  /** Why the session is over for good. */
  #failure: string | undefined;
  #isServerGone = false;
  #isClosed = false;

  constructor(options: ClientSessionOptions) {
    this.#options = options;
    this.#probeMs = options.probeMs ?? defaultProbeMs;
    if (options.earlier === undefined) return;
    const { identity, answered } = options.earlier;
    this.#badge = identity.badge;
    this.#token.set(identity.token);
    this.#epoch = identity.epoch;
    this.#sequence = answered;
  }

  /** Whether it has failed for good: nobody knows what became of its last request. */
  get isOver(): boolean {
    return this.#isClosed || this.#failure !== undefined;
  }

  /** Whether the server has ended, by what it said or since it cannot be reached at once. */
  get isServerGone(): boolean {
    return this.#isServerGone;
  }

  /** Makes a request; the one before has been answered. `over` is never called at once. */
  request({ label, words, bytes }: Request, over: (outcome: Outcome) => void): void {
    const sequence = ++this.#sequence;
    const { number: session } = this.#options;
    const frame = makeFrame(FrameKind.call, { session, sequence, label, words, bytes });
    this.#pending = { frame, over, lostSince: undefined };
    if (this.#failure !== undefined || this.#isClosed) {
      queueMicrotask(() => this.#fail(this.#failure ?? "the session is over"));
      return;
    }
    if (this.#dial !== undefined) this.#dial.send(frame);
    else this.#connect();
    this.#armProbe();
  }

  /** Says goodbye: nothing of the session is kept. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#dial?.send(makeFrame(FrameKind.bye, { session: this.#options.number }));
    this.#forgetDials();
    if (this.#pending !== undefined) this.#fail("the session is over");
  }

  /** Ends it here, for another process to go on with: a request that is open is that one's, too. */
  leave(): void {
    this.#isClosed = true;
    this.#clearTimers();
    this.#pending = undefined;
    this.#forgetDials();
  }

  /** Opens a connection, beside the present one if there is one. */
  #connect(): void {
    if (this.#nextDial !== undefined) return;
    let isOver = false;
    const dial = this.#options.dial({
      onOpen: () => dial.send(this.#hello()),
      onFrame: (frame) => {
        if (!isOver) this.#received(dial, frame);
      },
      onClose: () => {
        isOver = true;
        this.#lost(dial);
      },
    });
    this.#nextDial = dial;
  }

  #hello(): Frame {
    const { number, timeoutMs } = this.#options;
    return makeFrame(FrameKind.hello, {
      session: number,
      badge: this.#badge,
      words: this.#token,
      // The gateway is to keep the session somewhat longer than anybody tries to come back to it.
      status: Math.ceil(timeoutMs / 1000) + 5,
    });
  }

  #received(dial: Dial, frame: Frame): void {
    if (dial !== this.#dial && dial !== this.#nextDial) return;
    if (frame.kind === FrameKind.welcome && dial === this.#nextDial) this.#welcomed(dial, frame);
    else if (frame.kind === FrameKind.answer && dial === this.#dial) this.#answered(frame);
    else if (frame.kind === FrameKind.refused) this.#refused(dial, frame);
  }

  #welcomed(dial: Dial, { badge, words, epoch }: Frame): void {
    // A process that was taken over, and woke: nobody must listen to it.
    if (epoch < this.#epoch) {
      dial.close();
      return;
    }
    const before = this.#dial;
    this.#dial = dial;
    this.#nextDial = undefined;
    before?.close();
    this.#badge = badge;
    this.#token = words.slice();
    this.#epoch = epoch;
    this.#options.onWelcome?.({ badge, token: Array.from(words.subarray(0, 4)), epoch });
    if (this.#pending === undefined) return;
    this.#pending.lostSince = undefined;
    dial.send(this.#pending.frame);
    this.#armProbe();
  }

  #answered({ sequence, status, label, words, bytes, epoch }: Frame): void {
    const pending = this.#pending;
    if (pending === undefined || sequence !== pending.frame.sequence) return;
    // A request that the server never heard has used no number up.
    if (epoch === 0) this.#sequence--;
    this.#probeMs = this.#options.probeMs ?? defaultProbeMs;
    this.#settle(
      status === Status.ok
        ? { status: 0, label, words, bytes }
        : { status: status as Status, reason: `the call ended there with ${statusName(status)}` },
    );
  }

  #refused(dial: Dial, { label, bytes }: Frame): void {
    if (mayTryAgain(label)) {
      dial.close();
      return;
    }
    this.#isServerGone = label === Refusal.gone;
    this.#failure = new TextDecoder().decode(bytes);
    this.#forgetDials();
    this.#fail(this.#failure);
  }

  /** A connection has ended, whatever for. */
  #lost(dial: Dial): void {
    if (dial === this.#nextDial) this.#nextDial = undefined;
    else if (dial === this.#dial) this.#dial = undefined;
    else return;
    if (this.#pending === undefined || this.#isClosed || this.#failure !== undefined) return;
    if (this.#dial !== undefined) return;
    const now = performance.now();
    const lostSince = (this.#pending.lostSince ??= now);
    const { timeoutMs } = this.#options;
    if (now - lostSince >= timeoutMs) {
      this.#isServerGone = timeoutMs === 0;
      this.#failure =
        timeoutMs === 0
          ? refusalTexts[Refusal.gone]
          : `there has been no connection to it for ${timeoutMs / 1000} s`;
      this.#fail(this.#failure);
      return;
    }
    const pauseMs = Math.min(Math.max((now - lostSince) * retryShare, retryMsMin), retryMsMax);
    this.#retryTimer ??= setTimeout(() => this.#retry(), pauseMs);
  }

  #retry(): void {
    this.#retryTimer = undefined;
    if (this.#pending !== undefined && this.#dial === undefined) this.#connect();
  }

  #armProbe(): void {
    clearTimeout(this.#probeTimer);
    this.#probeTimer = setTimeout(() => {
      this.#probeMs = Math.min(this.#probeMs * 2, probeMsMax);
      // An attempt that got stuck is given up for this one.
      this.#nextDial?.close();
      this.#nextDial = undefined;
      this.#connect();
      this.#armProbe();
    }, this.#probeMs);
  }

  #forgetDials(): void {
    const dials = [this.#dial, this.#nextDial];
    this.#dial = undefined;
    this.#nextDial = undefined;
    for (const dial of dials) dial?.close();
  }

  #fail(reason: string): void {
    this.#settle({ status: partnerGone, reason });
  }

  #clearTimers(): void {
    clearTimeout(this.#probeTimer);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
  }

  #settle(outcome: Outcome): void {
    this.#clearTimers();
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.over(outcome);
  }
}
