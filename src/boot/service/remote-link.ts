// The way from code of the host to a service in another OS process: sessions with its gateway. A session has
// one request at a time, so there are as many sessions as there are calls under way; each is used again.
import { portalBytesMax } from "../../abi/index.ts";
import {
  ClientSession,
  dialUnix,
  type NamePlace,
  type Outcome,
} from "../../server/session/index.ts";
import {
  CodecReader,
  CodecWriter,
  type Link,
  type Question,
  type ReadOptions,
  type Reply,
  ServiceGoneError,
  writeQuestion,
} from "../../service/index.ts";

export interface RemoteLinkOptions {
  readonly place: NamePlace;
  /** How long a call waits for a service that cannot be reached. */
  readonly timeoutMs: number;
}

/** Calls that can be under way at once; more wait. */
const sessionsMax = 64;

interface Waiting {
  readonly request: Parameters<ClientSession["request"]>[0];
  readonly over: (outcome: Outcome) => void;
}

export class RemoteLink implements Link {
  readonly #options: RemoteLinkOptions;
  readonly #writer = new CodecWriter(portalBytesMax);
  readonly #reader = new CodecReader();
  readonly #idle: ClientSession[] = [];
  readonly #busy = new Set<ClientSession>();
  readonly #waiting: Waiting[] = [];
  #isClosed = false;

  constructor(options: RemoteLinkOptions) {
    this.#options = options;
  }

  ask(question: Question, reading: ReadOptions): Promise<Reply> {
    const writer = this.#writer;
    const length = writeQuestion(writer, question);
    const { low, high, number } = question.name;
    const request = {
      label: question.label,
      words: Int32Array.of(low, high, number, question.word, 0, 0),
      bytes: writer.bytes.slice(0, length),
    };
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const over = (outcome: Outcome): void => {
      try {
        resolve(this.#replyOf(outcome, reading));
      } catch (error) {
        reject(error);
      }
    };
    this.#send({ request, over });
    return promise;
  }

  after(ms: number, then: () => void): () => void {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  }

  close(): void {
    this.#isClosed = true;
    for (const session of [...this.#idle, ...this.#busy]) session.close();
  }

  #send(waiting: Waiting): void {
    if (this.#isClosed) throw new ServiceGoneError(`this client of ${this.#name} was closed`);
    const session = this.#idle.pop() ?? this.#open();
    if (session === undefined) {
      this.#waiting.push(waiting);
      return;
    }
    this.#busy.add(session);
    session.request(waiting.request, (outcome) => {
      this.#busy.delete(session);
      // What became of the last request of one that failed is not known: it is not gone on with.
      if (!session.isOver) this.#idle.push(session);
      const next = this.#isClosed ? undefined : this.#waiting.shift();
      if (next !== undefined) this.#send(next);
      waiting.over(outcome);
    });
  }

  #open(): ClientSession | undefined {
    if (this.#busy.size >= sessionsMax) return undefined;
    const { place, timeoutMs } = this.#options;
    const [low, high] = process.getBuiltinModule("node:crypto").randomFillSync(new Uint32Array(2));
    return new ClientSession({
      number: (high % 2 ** 21) * 2 ** 32 + low,
      dial: (events) => dialUnix(place.socketPath, events),
      timeoutMs,
    });
  }

  #replyOf(outcome: Outcome, reading: ReadOptions): Reply {
    if ("reason" in outcome) throw new ServiceGoneError(`${this.#name}: ${outcome.reason}`);
    const { label, words, bytes } = outcome;
    const value = bytes.length === 0 ? undefined : this.#reader.read(bytes, bytes.length, reading);
    return { label, word: words[0], value };
  }

  get #name(): string {
    return this.#options.place.serverName;
  }
}
