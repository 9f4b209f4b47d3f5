// Pipes that are taken out and put into another server: bytes, ends, and what two handles have together.
import { describe, expect, test } from "vitest";
import { Ask, ClientStateError, Errno, FdFlag } from "../../userlib/index.ts";
import type { Answer, Later, ServiceHost } from "../../userlib/index.ts";
import { PipeService } from "./pipe-service.ts";

const answers = new Map<number, Answer>();
let tickets = 0;
const host: ServiceHost = {
  defer: () => ({ later: ++tickets }),
  answer: (ticket, answer) => answers.set(ticket, structuredClone(answer)).size > 0,
  giveUp: () => undefined,
  signal: () => true,
  destroy: () => true,
  outbox: new Uint8Array(1 << 17),
  nowNs: () => 0,
};

function ask(pipes: PipeService, badge: number, label: number, words: number[], bytes = "") {
  const all = Int32Array.from({ length: 6 }, (_, i) => words[i] ?? 0);
  return pipes.handle({ badge, label, words: all, bytes: Buffer.from(bytes) }, host);
}

const read = (pipes: PipeService, badge: number, handle: number, flags = 0): Answer | Later =>
  ask(pipes, badge, Ask.read, [handle, 0, 0, 100, flags]);
const textOf = (answer: Answer | Later): string =>
  "later" in answer ? "later" : Buffer.from(answer.bytes ?? []).toString();

/** A pipe from client 1 to client 2 with some bytes in it, put into another server. */
function moved(): { pipes: PipeService; write: number; read: number } {
  const before = new PipeService();
  const ends = before.connect(2, 1);
  ask(before, 1, Ask.write, [ends.write], "some bytes");
  const pipes = new PipeService();
  pipes.states.importClients(structuredClone(before.states.exportClients([1, 2])));
  return { pipes, ...ends };
}

describe("a pipe that was taken to another server", () => {
  test("has its bytes, and goes on", () => {
    const { pipes, ...ends } = moved();
    expect(textOf(read(pipes, 2, ends.read))).toBe("some bytes");
    ask(pipes, 1, Ask.write, [ends.write], "more");
    expect(textOf(read(pipes, 2, ends.read))).toBe("more");
  });

  test("ends for its reader when its last writer closes it, and not before", () => {
    const { pipes, ...ends } = moved();
    read(pipes, 2, ends.read);
    expect(read(pipes, 2, ends.read, FdFlag.nonblock)).toMatchObject({ label: Errno.again });
    ask(pipes, 1, Ask.close, [ends.write]);
    expect(read(pipes, 2, ends.read)).toMatchObject({ label: 0, words: [0] });
    expect(pipes.counts().handles).toBe(1);
  });

  test("gives no number to a new pipe that it has itself", () => {
    const { pipes } = moved();
    ask(pipes, 1, Ask.pipe, []);
    const state = pipes.states.exportClients([1, 2]) as { pipes: { number: number }[] };
    expect(state.pipes.map(({ number }) => number)).toEqual([1, 2]);
  });

  test("is not taken while its other end would stay behind", () => {
    const pipes = new PipeService();
    pipes.connect(2, 1);
    expect(() => pipes.states.exportClients([1])).toThrow(ClientStateError);
  });

  test("lets go of a read that waits, and of a write with what was taken of it", () => {
    const pipes = new PipeService();
    const ends = pipes.connect(2, 1);
    const waiting = read(pipes, 2, ends.read) as Later;
    pipes.states.letGo!(2, host);
    expect(answers.get(waiting.later)).toMatchObject({ label: 0x1_0000 });
    const long = "x".repeat(70_000);
    const writing = ask(pipes, 1, Ask.write, [ends.write], long) as Later;
    pipes.states.letGo!(1, host);
    expect(answers.get(writing.later)).toMatchObject({ label: 0, words: [65_536] });
    expect(pipes.counts().waiting).toBe(0);
  });
});
