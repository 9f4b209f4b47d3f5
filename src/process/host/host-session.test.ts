// Single cases of what a session does, each as a short story of lines.
import { describe, expect, it } from "vitest";
import { applyRecord, type HostRecord, HostSession, newState } from "./index.ts";

type Json = Record<string, unknown>;

/** A session, and what it said to whom. Lines are objects here. */
class Story {
  readonly records: HostRecord[] = [];
  readonly notes: string[] = [];
  child: unknown[] = [];
  client: unknown[] = [];
  isClosed = false;
  session: HostSession;
  readonly #keepsHistory: boolean;
  #number = 0;

  constructor(keepsHistory = false) {
    this.#keepsHistory = keepsHistory;
    this.session = this.#make();
  }

  /** With the handshake behind it. */
  static ready(keepsHistory = false): Story {
    const story = new Story(keepsHistory);
    story.session.childStarted();
    story.says(request(0, "initialize")).answers(result(0)).says(notification("initialized"));
    return story.forget();
  }

  forget(): this {
    this.child = [];
    this.client = [];
    return this;
  }

  says(...messages: unknown[]): this {
    for (const one of messages) this.session.fromClient(++this.#number, JSON.stringify(one));
    return this;
  }

  answers(...messages: unknown[]): this {
    for (const one of messages) this.session.fromChild(JSON.stringify(one));
    return this;
  }

  dies(isOwn = false): this {
    this.session.childDied(isOwn);
    return this;
  }

  /** Starts another child, which takes what is before the first of the present requests as said. */
  begins(): this {
    this.session.childStarted();
    return this;
  }

  /** The holder is lost, and another goes on from the log. */
  reopens(): this {
    this.session = this.#make();
    return this;
  }

  #make(): HostSession {
    const state = newState({ keepsHistory: this.#keepsHistory });
    for (const record of this.records) applyRecord(state, structuredClone(record));
    return new HostSession(state, {
      record: (record) => this.records.push(record),
      toChild: (line) => this.child.push(JSON.parse(line)),
      toClient: (_, line) => this.client.push(JSON.parse(line)),
      closeChild: () => (this.isClosed = true),
      note: (text) => this.notes.push(text),
    });
  }
}

function request(id: unknown, method: string, params?: Json): Json {
  return { jsonrpc: "2.0", id, method, ...(params && { params }) };
}

function notification(name: string, params?: Json): Json {
  return { jsonrpc: "2.0", method: `notifications/${name}`, ...(params && { params }) };
}

function result(id: unknown, value: unknown = {}): Json {
  return { jsonrpc: "2.0", id, result: value };
}

const handshake = [request(0, "initialize"), notification("initialized")];

/** Brings a new child to where requests are in work again. */
function rebuilt(story: Story): Story {
  return story.begins().answers(result(0));
}

describe("a new child", () => {
  it("is given the handshake and what is in work, and no answered request", () => {
    const story = Story.ready().says(request(1, "a"), request(2, "b")).answers(result(1));
    rebuilt(story.dies().forget());
    expect(story.child).toEqual([...handshake, request(2, "b")]);
    expect(story.client).toEqual([]);
  });

  it("is given nothing but the handshake before that is answered", () => {
    const story = Story.ready().says(request(1, "a")).dies().forget().begins();
    expect(story.child).toEqual(handshake.slice(0, 1));
  });

  it("is given settings and subscriptions as they stand", () => {
    const level = (id: number, value: string) => request(id, "logging/setLevel", { level: value });
    const subscribe = (id: number, uri: string) => request(id, "resources/subscribe", { uri });
    const story = Story.ready()
      .says(level(1, "info"), level(2, "error"), subscribe(3, "x:1"), subscribe(4, "x:2"))
      .says(request(5, "resources/unsubscribe", { uri: "x:1" }))
      .answers(...[1, 2, 3, 4, 5].map((id) => result(id)));
    rebuilt(story.dies().forget()).answers(result(2), result(4));
    expect(story.child).toEqual([...handshake, level(2, "error"), subscribe(4, "x:2")]);
    expect(story.client).toEqual([]);
  });

  it("is told again all that was answered, one after the other, if its state is in its memory", () => {
    const story = Story.ready(true).says(request(1, "a"), request(2, "b"), request(3, "c"));
    story.answers(result(2), result(1)).dies().forget();
    rebuilt(story);
    expect(story.child).toEqual([...handshake, request(2, "b")]);
    story.answers(result(2, "other"));
    expect(story.child.slice(2)).toEqual([request(2, "b"), request(1, "a")]);
    story.answers(result(1));
    expect(story.child.slice(4)).toEqual([request(3, "c")]);
    expect(story.client).toEqual([]);
  });

  it("goes on with a handshake that was never answered", () => {
    const story = new Story();
    story.session.childStarted();
    story.says(request(0, "initialize")).dies().forget().begins();
    expect(story.child).toEqual([request(0, "initialize")]);
    expect(story.answers(result(0, 2)).client).toEqual([result(0, 2)]);
  });

  it("gets lines that came while there was none, in their order", () => {
    const story = Story.ready().dies().forget();
    story.says(request(1, "a"), notification("custom"), request(2, "b"));
    expect(rebuilt(story).child).toEqual([
      ...handshake,
      request(1, "a"),
      notification("custom"),
      request(2, "b"),
    ]);
  });
});

describe("answers", () => {
  it("are given once, and the first one stands", () => {
    const story = Story.ready().says(request(1, "a")).answers(result(1, "x"), result(1, "y"));
    expect(story.client).toEqual([result(1, "x")]);
  });

  it("go by the type of an id: 1 is not the string 1", () => {
    const story = Story.ready().says(request(1, "a"), request("1", "b")).answers(result("1"));
    expect(story.client).toEqual([result("1")]);
    expect(story.session.state.inFlight.map(({ id }) => id)).toEqual([1]);
  });

  it("of batches come as batches, and only what is open of one is repeated", () => {
    const story = Story.ready().says([request(1, "a"), request(2, "b"), request(3, "c")]);
    expect(story.child).toHaveLength(1);
    story
      .answers([result(1), result(3)])
      .dies()
      .forget();
    expect(rebuilt(story).child.at(-1)).toEqual([request(2, "b")]);
    expect(story.answers([result(1), result(2)]).client).toEqual([[result(2)]]);
  });

  it("are taken again from the log when the holder was lost before they were sent", () => {
    const story = Story.ready().says(request(1, "a")).answers(result(1)).reopens();
    const lines = story.session.state.unsent.map(({ line }) => JSON.parse(line) as unknown);
    expect(lines).toEqual([result(0), result(1)]);
    story.session.acknowledged(2);
    expect(story.session.state.unsent).toEqual([]);
  });

  it("to what was cancelled are dropped, and it is not repeated", () => {
    const cancel = notification("cancelled", { requestId: 1 });
    const story = Story.ready().says(request(1, "a"), cancel).answers(result(1));
    expect(story.child.at(-1)).toEqual(cancel);
    expect(story.client).toEqual([]);
    expect(rebuilt(story.dies().forget()).child).toEqual(handshake);
  });

  it("that nobody can give any more are errors", () => {
    const story = Story.ready().says(request(1, "a")).dies();
    story.session.giveUp("it is over");
    story.says(request(2, "b"));
    expect(story.client).toMatchObject([
      { id: 1, error: { message: "it is over" } },
      { id: 2, error: { message: "it is over" } },
    ]);
  });
});

describe("progress", () => {
  it("goes on from where it was, and is not told twice", () => {
    const progress = (value: number) =>
      notification("progress", { progressToken: "p", progress: value });
    const call = request(1, "a", { _meta: { progressToken: "p" } });
    const story = Story.ready().says(call).answers(progress(1), progress(2)).dies().forget();
    rebuilt(story).answers(progress(1), progress(2), progress(2), progress(3));
    expect(story.client).toEqual([progress(3)]);
  });
});

describe("lines of the client", () => {
  it("are heard once, in their order", () => {
    const story = Story.ready().says(request(1, "a"));
    const { session, child } = story;
    expect(session.fromClient(3, JSON.stringify(request(1, "a")))).toBe(true);
    expect(session.fromClient(5, JSON.stringify(request(2, "b")))).toBe(false);
    expect(child).toEqual([request(1, "a")]);
    expect(session.heard).toBe(3);
  });
});

describe("questions of the server", () => {
  const ask = (id: unknown, about = "x") => request(id, "sampling/createMessage", { about });

  it("that were answered before are answered from the log", () => {
    const story = Story.ready().says(request(1, "a")).answers(ask(0)).says(result(0, "yes"));
    rebuilt(story.dies().forget()).answers(ask(7));
    expect(story.child.at(-1)).toEqual(result(7, "yes"));
    expect(story.client).toEqual([]);
  });

  it("that are open are not asked again, and the answer finds the one who asks now", () => {
    const story = Story.ready().says(request(1, "a")).answers(ask(0)).reopens().forget();
    rebuilt(story).answers(ask(3));
    expect(story.client).toEqual([]);
    expect(story.says(result(0, "yes")).child.at(-1)).toEqual(result(3, "yes"));
  });

  it("of a later life have ids that the client has not seen, and so have their tokens", () => {
    const story = Story.ready().says(request(1, "a")).answers(ask(0)).dies().forget();
    const other = request(0, "sampling/createMessage", { about: "y", _meta: { progressToken: 0 } });
    rebuilt(story).answers(other);
    const asked = story.client[0] as { id: string; params: { _meta: { progressToken: string } } };
    expect(asked.id).not.toBe(0);
    const progressToken = asked.params._meta.progressToken;
    story.says(notification("progress", { progressToken, progress: 1 }), result(asked.id, "no"));
    expect(story.child.slice(-2)).toEqual([
      notification("progress", { progressToken: 0, progress: 1 }),
      result(0, "no"),
    ]);
  });

  it("are taken back when what asked them is done without them", () => {
    const story = Story.ready().says(request(1, "a")).answers(ask(0)).dies().forget();
    rebuilt(story).answers(result(1));
    expect(story.client).toMatchObject([
      result(1),
      { method: "notifications/cancelled", params: { requestId: 0 } },
    ]);
  });

  it("about roots are asked anew once the client has said that they changed", () => {
    const roots = (id: unknown) => request(id, "roots/list");
    const story = Story.ready().answers(roots(0)).says(result(0, "old"));
    rebuilt(story.dies().forget()).answers(roots(0));
    expect(story.client).toEqual([]);
    story.says(notification("roots/list_changed")).dies().forget();
    expect(rebuilt(story).answers(roots(0)).client).toHaveLength(1);
  });
});

describe("requests at which the server dies", () => {
  it("are set aside the second time, and the others go on", () => {
    const story = Story.ready().says(request(1, "good"), request(2, "bad"));
    rebuilt(story.dies(true).forget());
    expect(story.child.at(-1)).toEqual(request(1, "good"));
    story.answers(result(1));
    expect(story.child.at(-1)).toEqual(request(2, "bad"));
    story.dies(true);
    expect(story.client).toMatchObject([result(1), { id: 2, error: { code: -32603 } }]);
    expect(rebuilt(story.forget()).child).toEqual(handshake);
  });

  it("are repeated for long when others have ended the server", () => {
    const story = Story.ready().says(request(1, "a"));
    for (let i = 0; i < 19; i++) rebuilt(story.dies());
    expect(story.client).toEqual([]);
    expect(story.dies().client).toMatchObject([{ id: 1, error: {} }]);
  });
});

describe("the end of the client's input", () => {
  it("is passed on when all before it is, to each child anew", () => {
    const story = Story.ready().says(request(1, "a"));
    story.session.clientEnded();
    expect(story.isClosed).toBe(true);
    story.isClosed = false;
    story.dies().begins();
    expect(story.isClosed).toBe(false);
    story.answers(result(0));
    expect(story.isClosed).toBe(true);
    expect(story.session.needsChild).toBe(true);
    story.answers(result(1)).dies();
    expect(story.session.needsChild).toBe(false);
  });
});

describe("what is no message", () => {
  it("is kept from the client, who could not read it", () => {
    const story = Story.ready();
    story.session.fromChild("Listening on stdio");
    expect(story.client).toEqual([]);
    expect(story.notes).toHaveLength(1);
  });

  it("is passed on to the server, which knows what to answer", () => {
    const lines: string[] = [];
    const sink = { record() {}, toClient() {}, closeChild() {}, note() {} };
    const session = new HostSession(newState({ keepsHistory: false }), {
      ...sink,
      toChild: (line) => lines.push(line),
    });
    session.childStarted();
    expect(session.fromClient(1, "{ not json")).toBe(true);
    expect(lines).toEqual(["{ not json"]);
  });
});
