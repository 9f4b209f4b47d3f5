// A server in another OS process as a service of this core: what its clients call here goes on to it, and
// its answers come back. Each process that calls has a session of its own, in which its calls are made
// one after the other, so that the server sees each of them by a badge of its own. Only words and bytes
// go across: a capability or a region in a message is refused by the kernel, since there is no room for it.
import { Status } from "../../abi/index.ts";
import type { Answer, Later, Message, Service, ServiceHost } from "../../userlib/index.ts";
import {
  type ClientIdentity,
  ClientSession,
  type Outcome,
  type Request,
} from "./client-session.ts";
import type { Dialer } from "./dial.ts";
import type { KeptSessionStore } from "./kept-session.ts";

export interface ConnectOptions {
  /** What the server is called. */
  readonly name: string;
  readonly dial: Dialer;
  readonly timeoutMs: number;
  readonly probeMs?: number | undefined;
  /** Of durable clients: how the session of each outlives this process. */
  readonly keeps?: readonly KeepOptions[] | undefined;
  /** A call failed; why, for people. */
  readonly onFailure?: ((name: string, reason: string) => void) | undefined;
}

export interface KeepOptions {
  /** The badge of the process that is durable. */
  readonly badge: number;
  readonly store: KeptSessionStore;
  /** How many requests to this server it has had answered, as its log says. */
  readonly answered: () => number;
}

interface Waiting {
  readonly ticket: number;
  readonly request: Request;
}

/** A process that calls, and what it has called and is not under way. */
interface Client {
  readonly badge: number;
  session: ClientSession;
  readonly waiting: Waiting[];
  isBusy: boolean;
}

/** Calls of one process, by threads of its, that may wait their turn. */
const waitingMax = 64;

export class ConnectService implements Service {
  readonly name: string;
  /** Set by who starts the service: raises a bit of its notification. */
  onReady: (() => void) | undefined;
  readonly #options: ConnectOptions;
  readonly #clients = new Map<number, Client>();
  #over: { readonly ticket: number; readonly outcome: Outcome }[] = [];

  constructor(options: ConnectOptions) {
    this.name = `connection to ${options.name}`;
    this.#options = options;
  }

  /** Processes that have a session. */
  get clientCount(): number {
    return this.#clients.size;
  }

  handle({ badge, label, words, bytes }: Message, host: ServiceHost): Answer | Later {
    const client = this.#clientOf(badge);
    const later = host.defer();
    if (client.waiting.length >= waitingMax) {
      this.#ended(later.later, {
        status: Status.busy,
        reason: "too many calls wait for their turn",
      });
      return later;
    }
    const request = { label, words: words.slice(), bytes: bytes.slice() };
    client.waiting.push({ ticket: later.later, request });
    this.#goOn(client);
    return later;
  }

  onSignal(_bits: number, host: ServiceHost): void {
    const over = this.#over;
    this.#over = [];
    for (const { ticket, outcome } of over) this.#settle(ticket, outcome, host);
  }

  onClientGone(badge: number, host: ServiceHost): void {
    const client = this.#clients.get(badge);
    if (client === undefined) return;
    const waiting = client.waiting.splice(0);
    // How a durable one has ended, and so whether it is ever to come back, is known when all is closed.
    if (this.#keepOf(badge) === undefined) {
      this.#clients.delete(badge);
      client.session.close();
    }
    for (const { ticket } of waiting) host.giveUp(ticket);
  }

  /**
   * Says goodbye to the server for all. `isToComeBack`: not for durable ones, which have not ended and will
   * go on with their sessions in another process.
   */
  close(isToComeBack = false): void {
    for (const { session, badge } of this.#clients.values()) {
      const keep = this.#keepOf(badge);
      if (keep !== undefined && isToComeBack) session.leave();
      else {
        session.close();
        keep?.store.remove();
      }
    }
    this.#clients.clear();
  }

  #clientOf(badge: number): Client {
    const known = this.#clients.get(badge);
    if (known !== undefined) return known;
    const session = this.#earlierSession(badge) ?? this.#newSession(badge);
    const client: Client = { badge, session, waiting: [], isBusy: false };
    this.#clients.set(badge, client);
    return client;
  }

  #newSession(badge: number, timeoutMs = this.#options.timeoutMs): ClientSession {
    const { dial, probeMs } = this.#options;
    const number = randomNumber();
    const keep = this.#keepOf(badge);
    if (keep === undefined) return new ClientSession({ number, dial, timeoutMs, probeMs });
    const answeredBefore = keep.answered();
    keep.store.write({ number, badge: 0, token: [0, 0, 0, 0], epoch: 0, answeredBefore });
    const onWelcome = this.#keeper(keep, number, answeredBefore);
    return new ClientSession({ number, dial, timeoutMs, probeMs, onWelcome });
  }

  /** The session that a durable client had in an earlier life. */
  #earlierSession(client: number): ClientSession | undefined {
    const keep = this.#keepOf(client);
    const kept = keep?.store.read();
    if (keep === undefined || kept === undefined) return undefined;
    const { dial, probeMs, timeoutMs } = this.#options;
    const { number, answeredBefore, ...identity } = kept;
    const earlier = { identity, answered: keep.answered() - answeredBefore };
    const onWelcome = this.#keeper(keep, number, answeredBefore);
    return new ClientSession({ number, dial, timeoutMs, probeMs, earlier, onWelcome });
  }

  #keepOf(badge: number): KeepOptions | undefined {
    return this.#options.keeps?.find((keep) => keep.badge === badge);
  }

  #keeper({ store }: KeepOptions, number: number, answeredBefore: number) {
    return (identity: ClientIdentity): void => store.write({ number, answeredBefore, ...identity });
  }

  /** Makes the next call of a process, if none is under way. */
  #goOn(client: Client): void {
    if (client.isBusy) return;
    const next = client.waiting.shift();
    if (next === undefined) return;
    client.isBusy = true;
    // What became of the last request of a session that failed is unknown, so it is not gone on with.
    // A server that has said that it ends is not waited for.
    const { isOver, isServerGone } = client.session;
    if (isOver) {
      client.session = this.#newSession(client.badge, isServerGone ? 0 : undefined);
    }
    client.session.request(next.request, (outcome) => {
      client.isBusy = false;
      // Nobody is to go on with it: what became of the request is unknown, and stays so.
      if (client.session.isOver) this.#keepOf(client.badge)?.store.remove();
      this.#ended(next.ticket, outcome);
      this.#goOn(client);
    });
  }

  #ended(ticket: number, outcome: Outcome): void {
    this.#over.push({ ticket, outcome });
    this.onReady?.();
  }

  #settle(ticket: number, outcome: Outcome, host: ServiceHost): void {
    if ("reason" in outcome) {
      this.#options.onFailure?.(this.#options.name, outcome.reason);
      host.giveUp(ticket);
      return;
    }
    const { label, words, bytes } = outcome;
    host.answer(ticket, { label, words: Array.from(words), bytes });
  }
}

/** 53 random bits: no two sessions have the same. */
function randomNumber(): number {
  const [low, high] = crypto.getRandomValues(new Uint32Array(2));
  return (high! % 2 ** 21) * 2 ** 32 + low!;
}
