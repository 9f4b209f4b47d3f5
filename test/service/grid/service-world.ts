// A durable service whose process is lost at a record of its log, and brought up again: only the log and its images
// go from one life to the next. There is no kernel here: messages come from `SurvivingLink`, which makes its requests
// again as a gateway's clients do.
import type { TestCodes } from "./test-codes.ts";
import { memoryLog, type MessageLog, Sessions } from "../../../src/recovery/index.ts";
import { realmCode, RealmScript } from "../../../src/process/index.ts";
import type { DurableImages } from "../../../src/boot/durable/durable-images.ts";
import { durableService, type ServiceParts } from "../../../src/boot/service/make-service.ts";
import type { DurableService } from "../../../src/boot/service/durable/durable-service.ts";
import type { Answer, Message, ServiceHost } from "../../../src/userlib/index.ts";

/** What stands for a kill of the process. */
class Killed extends Error {}

/** When a life ends: with so many records in the log, before what follows from the last, or before one more. */
export interface Kill {
  readonly at: number;
  readonly isAfter: boolean;
}

export interface WorldOptions {
  readonly codes: TestCodes;
  readonly kills: readonly Kill[];
  readonly ask: ServiceParts["ask"];
  readonly images?: ((log: MessageLog) => DurableImages) | undefined;
  /** Records are stable a while after they were added, as on a disk. */
  readonly isSlow?: boolean | undefined;
}

/** One life of the service. */
interface Life {
  readonly service: DurableService;
  readonly sessions: Sessions;
  readonly waiting: Map<number, (answer: Answer) => void>;
}

export class ServiceWorld {
  readonly log: MessageLog;
  readonly lines: string[] = [];
  lives = 0;
  readonly #options: WorldOptions;
  readonly #kills: Kill[];
  #runtime: RealmScript | undefined;
  #life: Life | undefined;
  #lastTicket = 0;
  #onLoss = new Set<() => void>();
  #failure: unknown;
  /** Nothing that this life does comes to anything any more, whoever caught what its kill threw. */
  #isKilled = false;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#kills = [...options.kills];
    const log = options.isSlow === true ? slowLog(memoryLog()) : memoryLog();
    this.log = this.#killing(log);
  }

  async begin(): Promise<void> {
    this.#runtime ??= new RealmScript(await realmCode());
    this.#live();
  }

  /** Is called at each loss, when the next life is there. */
  onLoss(then: () => void): () => void {
    this.#onLoss.add(then);
    return () => this.#onLoss.delete(then);
  }

  get sessions(): Sessions {
    return this.#alive.sessions;
  }

  get service(): DurableService {
    return this.#alive.service;
  }

  /** Whether the life that a promise was of is over. */
  isLost(service: DurableService): boolean {
    return this.#isKilled || this.#life?.service !== service;
  }

  /** Hands a message in. The answer of a life that was lost never comes. */
  send(message: Message, over: (answer: Answer) => void): void {
    const life = this.#alive;
    this.#doing(() => {
      const told = life.service.handle(message, this.#hostOf(life, over));
      if (!("later" in told)) over(copyOf(told));
    });
  }

  close(): void {
    this.#life?.service.close();
    this.#life = undefined;
  }

  get #alive(): Life {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#life === undefined) throw new Error("the service does not run");
    return this.#life;
  }

  #live(): void {
    for (;;) {
      this.lives++;
      try {
        this.#life = this.#open();
        return;
      } catch (error) {
        if (!this.#isKilled) throw error;
        this.#isKilled = false;
      }
    }
  }

  #open(): Life {
    const { codes, ask, images } = this.#options;
    const sessions = new Sessions();
    let isLost = false;
    const parts: ServiceParts = {
      name: "grid",
      runtime: this.#runtime!,
      script: codes.scriptOf(codes.first),
      codes,
      grants: ["bank"],
      ask: (target, question, over) =>
        ask(target, question, (answer) => (isLost ? undefined : over(answer))),
      realtimeNs: () => BigInt(Date.now()) * 1_000_000n,
      say: (line) => this.lines.push(line),
      onFailure: (error) => {
        if (!this.#isKilled) this.#failure = error;
      },
    };
    const durable = { log: this.log, sessions, images: images?.(this.log) };
    const service = durableService(parts, durable);
    const life: Life = { service, sessions, waiting: new Map() };
    try {
      service.open();
    } catch (error) {
      isLost = true;
      service.close();
      throw error;
    }
    let isRaised = false;
    service.onReady = () => {
      if (isRaised) return;
      isRaised = true;
      setImmediate(() => {
        isRaised = false;
        if (this.#life !== life) return;
        this.#doing(() => service.onSignal(1, this.#hostOf(life, undefined)));
      });
    };
    service.onReady();
    return life;
  }

  #hostOf(life: Life, over: ((answer: Answer) => void) | undefined): ServiceHost {
    return {
      defer: () => {
        const later = ++this.#lastTicket;
        life.waiting.set(later, over!);
        return { later };
      },
      answer: (ticket, answer) => {
        const waiting = life.waiting.get(ticket);
        life.waiting.delete(ticket);
        waiting?.(copyOf(answer));
        return waiting !== undefined;
      },
      giveUp: (ticket) => void life.waiting.delete(ticket),
      signal: () => false,
      destroy: () => false,
      outbox: new Uint8Array(1024 * 1024),
      nowNs: () => 0,
    };
  }

  #doing(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!this.#isKilled) this.#failure = error;
    }
    if (this.#isKilled) this.#lose();
  }

  #lose(): void {
    this.#life?.service.close();
    this.#life = undefined;
    this.#isKilled = false;
    this.#live();
    for (const then of this.#onLoss) then();
  }

  #killing(log: MessageLog): MessageLog {
    const append: MessageLog["append"] = (words, length) => {
      if (this.#isDue(log.end, false)) this.#isKilled = true;
      if (this.#isKilled) throw new Killed();
      const status = log.append(words, length);
      if (this.#isDue(log.end, true)) this.#isKilled = true;
      if (this.#isKilled) throw new Killed();
      return status;
    };
    return new Proxy(log, {
      get(target, name) {
        if (name === "append") return append;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  #isDue(end: number, isAfter: boolean): boolean {
    const at = this.#kills.findIndex((kill) => kill.at === end && kill.isAfter === isAfter);
    if (at < 0) return false;
    this.#kills.splice(at, 1);
    return true;
  }
}

/** A log whose records are stable two turns of the event loop after they were added. */
function slowLog(log: MessageLog): MessageLog {
  const whenStable: MessageLog["whenStable"] = (end, then) => {
    setImmediate(() => setImmediate(() => log.whenStable(end, then)));
  };
  return new Proxy(log, {
    get(target, name) {
      if (name === "whenStable") return whenStable;
      if (name === "stableEnd") return 0;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function copyOf({ label, words, bytes }: Answer): Answer {
  return { label, ...(words && { words: [...words] }), ...(bytes && { bytes: bytes.slice() }) };
}
