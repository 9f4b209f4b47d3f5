// A client of a ledger in another OS process, with nothing around the client's end of a session: it makes
// one transfer after the other, checks every answer, and notes when each came and from which life of the
// server.
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { ClientSession, type Outcome } from "../../src/server/session/client-session.ts";
import { dialUnix } from "../../src/server/session/index.ts";

/** As in examples/c/ledger.h. */
const LedgerLabel = { open: 1, transfer: 2, audit: 4 } as const;

const connectMs = 30_000;

export interface Answered {
  readonly atMs: number;
  /** Which life of the server it came from. */
  readonly epoch: number;
}

export class LedgerCaller {
  /** The numbers of its transfers, as the ledger told them. */
  readonly transfers: number[] = [];
  readonly #session: ClientSession;
  #accounts: readonly number[] = [];
  #epoch = 0;
  #isStopped = false;
  #onAnswer: (answered: Answered) => void = () => undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(socketPath: string) {
    this.#session = new ClientSession({
      number: randomInt(1, 2 ** 47),
      dial: (events) => dialUnix(socketPath, events),
      timeoutMs: connectMs,
      onWelcome: ({ epoch }) => void (this.#epoch = epoch),
    });
  }

  /** The life of the server that it is connected to. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Opens two accounts, and goes on. */
  async start(): Promise<void> {
    this.#accounts = [
      await this.#ask(LedgerLabel.open, 1000),
      await this.#ask(LedgerLabel.open, 1000),
    ];
    this.goOn();
  }

  /** Sends 1 from one account to the other and back, until it is stopped again. */
  goOn(): void {
    this.#isStopped = false;
    this.#ended = this.#work();
    // Whoever stops it is told.
    this.#ended.catch(() => undefined);
  }

  /** @throws Error if any of its requests had no answer or a wrong one */
  async stopCalls(): Promise<void> {
    this.#isStopped = true;
    await this.#ended;
  }

  close(): void {
    this.#session.close();
  }

  /** The next answer of a life of the server later than `epoch`; rejects if there will be none. */
  answerAfter(epoch: number): Promise<Answered> {
    return this.#answerThat((answered) => answered.epoch > epoch);
  }

  /** So many answers more; rejects if there will be none. */
  async answers(count: number): Promise<void> {
    let left = count;
    await this.#answerThat(() => --left === 0);
  }

  #answerThat(isWanted: (answered: Answered) => boolean): Promise<Answered> {
    const next = new Promise<Answered>((resolve) => {
      this.#onAnswer = (answered) => {
        if (isWanted(answered)) resolve(answered);
      };
    });
    const never = this.#ended.then(() => Promise.reject(new Error("the caller was stopped")));
    return Promise.race([next, never]);
  }

  /** Accounts, and transfers made, by all. */
  async audit(): Promise<{ readonly sum: number; readonly transfers: number }> {
    const words = await this.#request(LedgerLabel.audit, []);
    return { sum: words[1]!, transfers: words[3]! };
  }

  async #work(): Promise<void> {
    for (let turn = 0; !this.#isStopped; turn++) {
      const [from, to] = turn % 2 === 0 ? this.#accounts : this.#accounts.toReversed();
      const number = await this.#ask(LedgerLabel.transfer, from!, to!, 1);
      if (number <= (this.transfers.at(-1) ?? 0)) {
        throw new Error(`transfer ${number} came after ${this.transfers.at(-1)}`);
      }
      this.transfers.push(number);
      this.#onAnswer({ atMs: performance.now(), epoch: this.#epoch });
    }
  }

  async #ask(label: number, ...words: readonly number[]): Promise<number> {
    return (await this.#request(label, words))[0]!;
  }

  async #request(label: number, words: readonly number[]): Promise<Int32Array> {
    const six = new Int32Array(6);
    six.set(words);
    const outcome = await new Promise<Outcome>((resolve) => {
      this.#session.request({ label, words: six, bytes: new Uint8Array(0) }, resolve);
    });
    if ("reason" in outcome) throw new Error(`request ${label} failed: ${outcome.reason}`);
    if (outcome.label !== 0) throw new Error(`the ledger refused ${label}: ${outcome.label}`);
    return outcome.words.slice();
  }
}

/** Where a server of a name is in the directories of a run. */
export function socketOf(directory: string, name: string): string {
  return join(directory, "shoal", name, "socket");
}
