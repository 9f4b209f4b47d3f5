// The way of a client to a service that is lost and comes back: each request is numbered within its session, and
// made again after a loss, unless the service has heard it; then its answer is waited for.
import {
  CodecReader,
  CodecWriter,
  type Link,
  type Question,
  type ReadOptions,
  type Reply,
  writeQuestion,
} from "../../../src/service/index.ts";
import type { Answer, Message } from "../../../src/userlib/index.ts";
import type { ServiceWorld } from "./service-world.ts";

/** A session: one request at a time. */
interface Lane {
  readonly badge: number;
  requests: number;
}

export class SurvivingLink implements Link {
  readonly #world: ServiceWorld;
  readonly #writer = new CodecWriter(1024 * 1024);
  readonly #reader = new CodecReader();
  readonly #idle: Lane[] = [];
  #lanes = 0;

  constructor(world: ServiceWorld) {
    this.#world = world;
  }

  ask(question: Question, reading: ReadOptions): Promise<Reply> {
    const length = writeQuestion(this.#writer, question);
    const { low, high, number } = question.name;
    const bytes = this.#writer.bytes.slice(0, length);
    const lane = this.#idle.pop() ?? { badge: ++this.#lanes, requests: 0 };
    lane.requests++;
    const words = Int32Array.of(low, high, number, question.word, 0, 0);
    const message = { badge: lane.badge, label: question.label, words, bytes };
    return new Promise((resolve, reject) => {
      this.#make(message, lane, (answer) => {
        this.#idle.push(lane);
        try {
          resolve(this.#replyOf(answer, reading));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  after(ms: number, then: () => void): () => void {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  }

  close(): void {}

  #make(message: Message, lane: Lane, over: (answer: Answer) => void): void {
    let isOver = false;
    const leave = this.#world.onLoss(() => go());
    const end = (answer: Answer): void => {
      if (isOver) return;
      isOver = true;
      leave();
      // Whoever was told acts by itself, and not within the service.
      setImmediate(() => over(answer));
    };
    const go = (): void => {
      const { sessions } = this.#world;
      const standing = sessions.announce(lane.badge, lane.requests);
      if (standing === "lost") throw new Error("the service has forgotten a request");
      if (standing === "fresh") this.#world.send(message, end);
      else
        sessions.whenReplied(lane.badge, ({ words, ...rest }) =>
          end({ ...rest, words: [...words] }),
        );
    };
    go();
  }

  #replyOf({ label, words, bytes }: Answer, reading: ReadOptions): Reply {
    const length = bytes?.length ?? 0;
    const value = length === 0 ? undefined : this.#reader.read(bytes!, length, reading);
    return { label, word: words?.[0] ?? 0, value };
  }
}
