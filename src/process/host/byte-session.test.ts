// What a session makes of a child of which nothing is known but what it says.
import { describe, expect, it } from "vitest";
import { ByteSession, type HostRecord } from "./index.ts";

class Story {
  readonly records: HostRecord[] = [];
  child: string[] = [];
  client: string[] = [];
  session = new ByteSession([], this.#sink());

  reopens(): this {
    this.child = [];
    this.session = new ByteSession(this.records, this.#sink());
    return this;
  }

  #sink() {
    return {
      record: (record: HostRecord) => void this.records.push(record),
      toChild: (line: string) => void this.child.push(line),
      toClient: (_: number, line: string) => void this.client.push(line),
      closeChild: () => void this.child.push("<end>"),
      note: () => {},
    };
  }
}

function begun(): Story {
  const story = new Story();
  story.session.childStarted();
  story.session.fromClient(1, "ab");
  story.session.fromClient(2, "cd");
  story.session.fromChild("one, ");
  story.session.fromChild("two");
  return story;
}

describe("a session of bytes", () => {
  it("is told again in a new process, and only what is new goes to the client", () => {
    const story = begun();
    story.session.childDied();
    story.child = [];
    story.session.childStarted();
    expect(story.child).toEqual(["ab", "cd"]);
    for (const part of ["o", "ne, tw", "o, three"]) story.session.fromChild(part);
    expect(story.client).toEqual(["one, ", "two", ", three"]);
    expect(story.session.broken).toBeUndefined();
  });

  it("goes on from its log, with lines that the client may not have", () => {
    const story = begun();
    story.session.clientEnded();
    story.reopens();
    expect(story.session.unsent.map(({ number }) => number)).toEqual([1, 2]);
    story.session.childStarted();
    expect(story.child).toEqual(["ab", "cd", "<end>"]);
  });

  it("ends at the first byte that is another", () => {
    const story = begun().reopens();
    story.session.childStarted();
    story.session.fromChild("one, tWo");
    expect(story.session.broken).toContain("byte 6 of its output is another");
    story.session.fromChild("more");
    expect(story.client).toEqual(["one, ", "two"]);
  });
});
