// A client made up for tests, and what it holds a session to: one answer to each request, progress that
// never goes back, no question twice. It knows nothing of how sessions are kept.
import type { WireMessage, Work } from "./model-child.ts";

interface Sent {
  readonly method: string;
  readonly uri: string | undefined;
  answers: number;
  progress: number;
  isCancelled: boolean;
}

export class ModelClient {
  /** What it has said, in order. */
  readonly lines: string[] = [];
  readonly sent = new Map<number, Sent>();
  readonly wrong: string[] = [];
  readonly subscriptions = new Set<string>();
  level: string | undefined;
  readonly #askedAbout = new Set<string>();
  readonly #askedIds = new Set<string>();
  readonly #open: { readonly id: unknown; readonly about: string; readonly token: unknown }[] = [];
  #nextId = 0;
  #isReady = false;

  constructor() {
    this.#request("initialize", {});
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get openQuestions(): number {
    return this.#open.length;
  }

  /** Ids of requests that wait. */
  get waiting(): number[] {
    const open = [...this.sent].filter(([, one]) => one.answers === 0 && !one.isCancelled);
    return open.map(([id]) => id);
  }

  call(work: Work): void {
    const _meta = { progressToken: this.#nextId };
    this.#request("tools/call", { name: "work", arguments: work, _meta });
  }

  /** One setting at a time, so that it is known what stands in the end. */
  set(choice: number): void {
    const isOpen = this.waiting.some((id) => this.sent.get(id)!.method !== "tools/call");
    if (isOpen) return;
    const uri = `demo://${choice % 3}`;
    if (choice % 4 === 0) this.#request("logging/setLevel", { level: uri }, uri);
    else if (choice % 4 === 1) this.#request("resources/unsubscribe", { uri }, uri);
    else this.#request("resources/subscribe", { uri }, uri);
  }

  cancel(id: number): void {
    if (this.sent.get(id)!.method !== "tools/call") return;
    this.sent.get(id)!.isCancelled = true;
    this.#say({ method: "notifications/cancelled", params: { requestId: id } });
  }

  /** Answers a question, or tells how far it is with it. */
  answer(choice: number): void {
    const { id, about } = this.#open.splice(choice % this.#open.length, 1)[0]!;
    this.#say({ id: id as number, result: { about } });
  }

  hear(line: string): void {
    const message = JSON.parse(line) as WireMessage;
    const { id, method, params = {} } = message;
    if (method === undefined) this.#hearAnswer(message);
    else if (id !== undefined) this.#hearQuestion(id, params);
    else if (method === "notifications/progress") this.#hearProgress(params);
    else if (method === "notifications/cancelled") {
      const at = this.#open.findIndex((one) => one.id === params["requestId"]);
      if (at >= 0) this.#open.splice(at, 1);
    }
  }

  #hearAnswer({ id, error }: WireMessage): void {
    const sent = this.sent.get(id as number);
    if (sent === undefined) return this.#complain(`an answer to ${id}, which was not asked`);
    if (error !== undefined) this.#complain(`${sent.method} ${id} failed`);
    if (++sent.answers > 1) this.#complain(`${id} was answered twice`);
    if (sent.method === "initialize") {
      this.#isReady = true;
      this.#say({ method: "notifications/initialized" });
    }
    if (sent.method === "resources/subscribe") this.subscriptions.add(sent.uri!);
    if (sent.method === "resources/unsubscribe") this.subscriptions.delete(sent.uri!);
    if (sent.method === "logging/setLevel") this.level = sent.uri;
  }

  #hearProgress(params: Record<string, unknown>): void {
    const sent = this.sent.get(params["progressToken"] as number);
    const value = params["progress"] as number;
    if (sent === undefined) return this.#complain("progress of nothing");
    if (sent.answers > 0) this.#complain("progress of what is done");
    if (value !== sent.progress + 1) this.#complain(`progress ${sent.progress} and then ${value}`);
    sent.progress = value;
  }

  #hearQuestion(id: unknown, params: Record<string, unknown>): void {
    const about = params["about"] as string;
    const key = JSON.stringify(id);
    if (this.#askedIds.has(key)) this.#complain(`two questions under the id ${key}`);
    if (this.#askedAbout.has(about)) this.#complain(`${about} was asked twice`);
    this.#askedIds.add(key);
    this.#askedAbout.add(about);
    const token = (params["_meta"] as { progressToken: unknown }).progressToken;
    this.#open.push({ id, about, token });
  }

  #complain(what: string): void {
    this.wrong.push(what);
  }

  #request(method: string, params: Record<string, unknown>, uri?: string): void {
    const id = this.#nextId++;
    this.sent.set(id, { method, uri, answers: 0, progress: 0, isCancelled: false });
    this.#say({ id, method, params });
  }

  #say(message: WireMessage): void {
    this.lines.push(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }
}
