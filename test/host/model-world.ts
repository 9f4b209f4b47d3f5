// Client, connection, holder and child in one place, with every step of each a step of its own: so each of
// them can be lost between any two. What the holder wants done is done one thing at a time, and what was
// not done when it was lost never is.
import {
  applyRecord,
  type HostRecord,
  HostSession,
  newState,
  type SessionState,
} from "../../src/process/host/index.ts";
import { ModelChild } from "./model-child.ts";
import { ModelClient } from "./model-client.ts";

interface NumberedLine {
  readonly number: number;
  readonly line: string;
}

const childrenLostMax = 19;

export class ModelWorld {
  readonly client = new ModelClient();
  readonly children: ModelChild[] = [];
  readonly wrong: string[] = [];
  /** What is on the disk. */
  #log: string[] = [];
  /** What the holder wants done. */
  #effects: (() => void)[] = [];
  #session!: HostSession;
  #child: ModelChild | undefined;
  /** Lines that the holder was sent on the connection that there is, and lines that the client has read. */
  readonly #keepsHistory: boolean;
  #connection = 0;
  #childrenLost = 0;
  #sentUp = 0;
  #readDown = 0;
  #down: NumberedLine[] = [];

  /** `keepsHistory`: the server's state is in its memory. */
  constructor(keepsHistory = false) {
    this.#keepsHistory = keepsHistory;
    this.#open(newState({ keepsHistory }));
  }

  get child(): ModelChild | undefined {
    return this.#child;
  }

  /** Whether the holder has all that it needs to go on. */
  get hasChild(): boolean {
    return this.#child !== undefined;
  }

  /** What may happen next, by name, without anything being lost. */
  steps(): [string, (choice: number) => void][] {
    const { client } = this;
    const child = this.#child;
    const all: [string, boolean, (choice: number) => void][] = [
      ["holder acts", this.#effects.length > 0, () => this.#effects.shift()!()],
      ["child works", child?.isBusy === true, (choice) => child!.step(choice)],
      ["child is heard", child !== undefined && child.output.length > 0, () => this.#hearChild()],
      ["child is started", child === undefined, () => this.#startChild()],
      ["line goes up", this.#sentUp < client.lines.length, () => this.#goUp()],
      ["line comes down", this.#down.length > 0, () => this.#comeDown()],
      ["client answers", client.openQuestions > 0, (choice) => client.answer(choice)],
    ];
    return all.filter(([, canBe]) => canBe).map(([name, , act]) => [name, act]);
  }

  loseChild(choice: number): void {
    // More, and a request that was in work each time would be set aside.
    if (this.#child === undefined || this.#childrenLost >= childrenLostMax) return;
    this.#childrenLost++;
    // What it has written is read to some point: the rest was still in its own memory.
    const kept = choice % (this.#child.output.length + 1);
    for (let i = 0; i < kept; i++) this.#hearChild();
    this.#child = undefined;
    this.#session.childDied(false);
  }

  loseHolder(): void {
    this.#child = undefined;
    this.#effects = [];
    const state = newState({ keepsHistory: this.#keepsHistory });
    for (const text of this.#log) applyRecord(state, JSON.parse(text) as HostRecord);
    this.#open(state);
    this.loseConnection();
  }

  loseConnection(): void {
    this.#connection++;
    this.#session.acknowledged(this.#readDown);
    this.#down = [];
    // More than is needed is sent again: what was heard is passed over.
    this.#sentUp = Math.max(0, this.#session.state.lastIn - 2);
    // What is sent again must be on the disk by then, as when it is sent first.
    for (const one of this.#session.state.unsent) this.#send(one);
  }

  /** The log begins anew with what it came to, as it does when it has become long. */
  cutLog(): void {
    if (this.#effects.length > 0) return;
    this.#log = [JSON.stringify({ kind: "state", state: this.#session.state })];
  }

  #open(state: SessionState): void {
    this.#session = new HostSession(state, {
      record: (record) => {
        const text = JSON.stringify(record);
        this.#effects.push(() => this.#log.push(text));
      },
      toChild: (line) => {
        const child = this.#child;
        this.#effects.push(() => child?.input.push(line));
      },
      toClient: (number, line) => this.#send({ number, line }),
      closeChild: () => this.wrong.push("the input was closed"),
      note: (text) => this.wrong.push(text),
    });
  }

  /** On the connection that there is now. */
  #send(one: NumberedLine): void {
    const connection = this.#connection;
    this.#effects.push(() => {
      if (connection === this.#connection) this.#down.push(one);
    });
  }

  #startChild(): void {
    const child = new ModelChild(this.children.length + 1);
    this.#child = child;
    this.children.push(child);
    this.#session.childStarted();
  }

  #hearChild(): void {
    this.#session.fromChild(this.#child!.output.shift()!);
  }

  #goUp(): void {
    const number = ++this.#sentUp;
    if (!this.#session.fromClient(number, this.client.lines[number - 1]!)) {
      this.wrong.push(`line ${number} came too early`);
    }
  }

  #comeDown(): void {
    const { number, line } = this.#down.shift()!;
    if (number <= this.#readDown) return;
    if (number !== this.#readDown + 1) this.wrong.push(`line ${number} after ${this.#readDown}`);
    this.#readDown = number;
    this.client.hear(line);
  }
}
