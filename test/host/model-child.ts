// A tool server made up for tests. What a request is to do stands in its parameters: how often it tells of
// its progress, and how many questions it asks the client. It knows only what it was told in this life.

export interface Work {
  readonly steps: number;
  readonly questions: number;
}

interface Task {
  readonly id: number;
  readonly token: unknown;
  readonly work: Work;
  stepsDone: number;
  questionsDone: number;
  isAsking: boolean;
}

export interface WireMessage {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: unknown;
  readonly error?: unknown;
}

export class ModelChild {
  readonly life: number;
  readonly input: string[] = [];
  readonly output: string[] = [];
  /** Ids of the requests that it has begun. */
  readonly begun: (number | string)[] = [];
  readonly subscriptions = new Set<unknown>();
  readonly wrong: string[] = [];
  level: unknown;
  #isInitialized = false;
  #tasks: Task[] = [];
  readonly #asked = new Map<number, { readonly task: Task; readonly about: string }>();
  #nextId = 0;

  constructor(life: number) {
    this.life = life;
  }

  get isBusy(): boolean {
    return this.input.length > 0 || this.#tasks.some(({ isAsking }) => !isAsking);
  }

  /** Reads a line, or goes on with the task at an index. */
  step(choice: number): void {
    const ready = this.#tasks.filter(({ isAsking }) => !isAsking);
    const at = choice % (ready.length + (this.input.length > 0 ? 1 : 0));
    if (at < ready.length) this.#work(ready[at]!);
    else this.#hear(JSON.parse(this.input.shift()!) as WireMessage);
  }

  #hear(message: WireMessage): void {
    const { id, method, params = {} } = message;
    if (method === undefined) return this.#hearAnswer(message);
    if (method === "notifications/initialized") this.#isInitialized = true;
    if (method === "notifications/cancelled") {
      this.#tasks = this.#tasks.filter((task) => task.id !== params["requestId"]);
    }
    if (id === undefined) return;
    if (this.begun.includes(id)) this.wrong.push(`life ${this.life} was told ${id} twice`);
    this.begun.push(id);
    if (method !== "initialize" && !this.#isInitialized) {
      this.wrong.push(`life ${this.life} was told ${method} before the handshake was over`);
    }
    if (method === "tools/call") this.#begin(id as number, params);
    else this.#settle(id, method, params);
  }

  #begin(id: number, params: Record<string, unknown>): void {
    const meta = params["_meta"] as { progressToken?: unknown } | undefined;
    const work = params["arguments"] as Work;
    const token = meta?.progressToken;
    this.#tasks.push({ id, token, work, stepsDone: 0, questionsDone: 0, isAsking: false });
  }

  #settle(id: number | string, method: string, params: Record<string, unknown>): void {
    if (method === "resources/subscribe") this.subscriptions.add(params["uri"]);
    if (method === "resources/unsubscribe") this.subscriptions.delete(params["uri"]);
    if (method === "logging/setLevel") this.level = params["level"];
    this.#say({ id, result: { life: this.life } });
  }

  #hearAnswer({ id, result }: WireMessage): void {
    const asked = this.#asked.get(id as number);
    if (asked === undefined) {
      this.wrong.push(`life ${this.life} got an answer to ${id}, which it had not asked`);
      return;
    }
    this.#asked.delete(id as number);
    if ((result as { about: unknown }).about !== asked.about) {
      this.wrong.push(`life ${this.life} got the answer to another question`);
    }
    asked.task.isAsking = false;
  }

  #work(task: Task): void {
    const { id, token, work } = task;
    if (task.stepsDone < work.steps) {
      const progress = ++task.stepsDone;
      this.#say({ method: "notifications/progress", params: { progressToken: token, progress } });
    } else if (task.questionsDone < work.questions) {
      const about = `${id}.${task.questionsDone++}`;
      const asked = this.#nextId++;
      task.isAsking = true;
      this.#asked.set(asked, { task, about });
      const params = { about, _meta: { progressToken: asked } };
      this.#say({ id: asked, method: "elicitation/create", params });
    } else {
      this.#tasks = this.#tasks.filter((one) => one !== task);
      this.#say({ id, result: { life: this.life, random: this.life * 7919 + id } });
    }
  }

  #say(message: WireMessage): void {
    this.output.push(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }
}
