// What clients do while processes are killed under them, each with what must hold of it. A scenario fails
// by throwing.
import { strict as assert } from "node:assert";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  ResourceUpdatedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { setTimeout as pause } from "node:timers/promises";
import { type Attached, published, type ToolBench } from "./tool-bench.ts";

const uri = "demo://resource/static/document/architecture.md";

/** What a client of the everything server was asked and told. */
export class EverythingClient {
  readonly attached: Attached;
  questions = 0;
  updates = 0;
  #questionsOpen = 0;

  constructor(bench: ToolBench, name: string) {
    this.attached = bench.attach(name, [...published("everything"), "stdio"], {
      capabilities: { sampling: {}, elicitation: {}, roots: { listChanged: true } },
      prepare: (client) => this.#answerQuestions(client),
    });
  }

  get client(): Client {
    return this.attached.client;
  }

  get isAsked(): boolean {
    return this.#questionsOpen > 0;
  }

  /** Text of a tool's answer. */
  async call(name: string, args: Record<string, unknown> = {}): Promise<string> {
    const result = await this.client.callTool({ name, arguments: args }, undefined, {
      timeout: 120_000,
    });
    assert.notEqual(result.isError, true, JSON.stringify(result));
    const [first] = result.content as { readonly text: string }[];
    return first!.text;
  }

  async long(): Promise<void> {
    const seen: number[] = [];
    const result = await this.client.callTool(
      { name: "trigger-long-running-operation", arguments: { duration: 0.6, steps: 6 } },
      undefined,
      { timeout: 120_000, onprogress: ({ progress }) => seen.push(progress) },
    );
    assert.match(JSON.stringify(result.content), /Long running operation completed/);
    // What comes in one piece with the answer, the SDK's client passes over: it answers first.
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6].slice(0, seen.length));
  }

  /** The question is asked once, however often the server has to ask it. */
  async sample(prompt: string): Promise<void> {
    const before = this.questions;
    const text = await this.call("trigger-sampling-request", { prompt, maxTokens: 10 });
    assert.match(text, /the answer to .*/);
    assert.equal(this.questions, before + 1);
  }

  async elicit(): Promise<void> {
    const before = this.questions;
    assert.match(await this.call("trigger-elicitation-request"), /provided|accept/i);
    assert.equal(this.questions, before + 1);
  }

  async roots(): Promise<void> {
    assert.match(await this.call("get-roots-list"), /file:\/\/\/test/);
  }

  async sum(): Promise<void> {
    assert.match(await this.call("get-sum", { a: 2, b: 3 }), /5/);
  }

  async subscribe(): Promise<void> {
    await this.client.subscribeResource({ uri });
  }

  /** The server tells of changes to what the client has subscribed to, in whichever life. */
  async isSubscribed(): Promise<void> {
    const before = this.updates;
    // It is a toggle, and what it was set to is gone with a server that was killed.
    const told = await this.call("toggle-subscriber-updates");
    if (told.startsWith("Stopped")) await this.call("toggle-subscriber-updates");
    for (let i = 0; this.updates === before; i++) {
      assert.ok(i < 1000, "no update of what is subscribed to");
      await pause(10);
    }
  }

  #answerQuestions(client: Client): void {
    client.setRequestHandler(CreateMessageRequestSchema, async ({ params }) => {
      const text = `the answer to ${JSON.stringify(params.messages)}`;
      await this.#think();
      return { model: "test", role: "assistant", content: { type: "text", text } };
    });
    client.setRequestHandler(ElicitRequestSchema, async () => {
      await this.#think();
      return { action: "accept", content: { name: "somebody" } };
    });
    client.setRequestHandler(ListRootsRequestSchema, () => ({
      roots: [{ uri: "file:///test", name: "test" }],
    }));
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
      if (params.uri === uri) this.updates++;
    });
  }

  async #think(): Promise<void> {
    this.questions++;
    this.#questionsOpen++;
    await pause(150);
    this.#questionsOpen--;
  }
}
