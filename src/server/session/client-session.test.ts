// The client's end of a session against gateways that the test plays: what is sent again, to whom, and
// when it gives up.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ClientSession, type Outcome } from "./client-session.ts";
import type { Dial, DialEvents } from "./dial.ts";
import { type Frame, FrameKind, makeFrame } from "./frame.ts";
import { Refusal } from "./refusal.ts";

/** One connection, whose far end is the test. */
class TestDial implements Dial {
  readonly sent: Frame[] = [];
  readonly events: DialEvents;
  isClosed = false;

  constructor(events: DialEvents) {
    this.events = events;
  }

  send(frame: Frame): void {
    this.sent.push(frame);
  }

  close(): void {
    this.isClosed = true;
  }

  /** The gateway takes the connection and says who the client is. */
  welcome(epoch = 1): void {
    this.events.onOpen();
    const words = Int32Array.of(1, 2, 3, 4, 0, 0);
    this.events.onFrame(makeFrame(FrameKind.welcome, { badge: 5, words, epoch }));
  }

  answer(sequence: number, fields: Partial<Frame> = {}): void {
    this.events.onFrame(makeFrame(FrameKind.answer, { sequence, epoch: 1, ...fields }));
  }

  get calls(): number[] {
    return this.sent.filter(({ kind }) => kind === FrameKind.call).map(({ sequence }) => sequence);
  }
}

function world() {
  const dials: TestDial[] = [];
  const session = new ClientSession({
    number: 7,
    timeoutMs: 5000,
    probeMs: 1000,
    dial(events) {
      const dial = new TestDial(events);
      dials.push(dial);
      return dial;
    },
  });
  const outcomes: Outcome[] = [];
  const request = (): void => {
    const words = new Int32Array(6);
    session.request({ label: 1, words, bytes: new Uint8Array(0) }, (one) => outcomes.push(one));
  };
  return { dials, session, outcomes, request };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("a client's session", () => {
  it("connects when there is something to ask, and numbers its requests", () => {
    const { dials, outcomes, request } = world();
    expect(dials).toHaveLength(0);
    request();
    dials[0]!.welcome();
    dials[0]!.answer(1, { label: 40 });
    request();
    dials[0]!.answer(2, { label: 41 });
    expect(dials[0]!.calls).toEqual([1, 2]);
    expect(outcomes.map((one) => "label" in one && one.label)).toEqual([40, 41]);
  });

  it("sends its open request again, with its number and who it is, after a connection was lost", () => {
    const { dials, outcomes, request } = world();
    request();
    dials[0]!.welcome();
    dials[0]!.events.onClose();
    vi.advanceTimersByTime(100);
    const again = dials[1]!;
    again.welcome();
    expect(again.sent[0]).toMatchObject({ kind: FrameKind.hello, session: 7, badge: 5 });
    expect(again.calls).toEqual([1]);
    again.answer(1);
    expect(outcomes).toHaveLength(1);
  });

  it("takes an answer once, and none of another number", () => {
    const { dials, outcomes, request } = world();
    request();
    dials[0]!.welcome();
    dials[0]!.answer(2);
    expect(outcomes).toHaveLength(0);
    dials[0]!.answer(1);
    dials[0]!.answer(1);
    expect(outcomes).toHaveLength(1);
  });

  it("gives up after its time without a connection, and says so", () => {
    const { dials, session, outcomes, request } = world();
    request();
    for (let i = 0; i < dials.length && i < 1000; i++) {
      dials[i]!.events.onClose();
      vi.advanceTimersByTime(600);
    }
    expect(outcomes).toMatchObject([{ status: 9 }]);
    expect(session.isOver).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not give up while it is connected, however long the answer takes", () => {
    const { dials, outcomes, request } = world();
    request();
    dials[0]!.welcome();
    for (let i = 0; i < 100; i++) {
      vi.advanceTimersByTime(1000);
      dials.at(-1)!.welcome();
    }
    expect(outcomes).toHaveLength(0);
    dials.at(-1)!.answer(1);
    expect(outcomes).toHaveLength(1);
  });

  it("leaves a gateway that is silent for one that took over, and hears nothing of the old one", () => {
    const { dials, outcomes, request } = world();
    request();
    dials[0]!.welcome(1);
    vi.advanceTimersByTime(1000);
    dials[1]!.welcome(2);
    expect(dials[1]!.calls).toEqual([1]);
    expect(dials[0]!.isClosed).toBe(true);
    dials[0]!.answer(1, { label: 666 });
    expect(outcomes).toHaveLength(0);
    dials[1]!.answer(1, { label: 1 });
    expect(outcomes).toMatchObject([{ label: 1 }]);
  });

  it("never goes back to a gateway of an earlier start", () => {
    const { dials, request } = world();
    request();
    dials[0]!.welcome(3);
    dials[0]!.events.onClose();
    vi.advanceTimersByTime(100);
    dials[1]!.welcome(2);
    expect(dials[1]!.isClosed).toBe(true);
    expect(dials[1]!.calls).toEqual([]);
  });

  it("uses a number again that the server never heard", () => {
    const { dials, request } = world();
    request();
    dials[0]!.welcome();
    dials[0]!.answer(1, { status: 10, epoch: 0 });
    request();
    expect(dials[0]!.calls).toEqual([1, 1]);
  });

  it("ends with a refusal, and tries again after one that passes", () => {
    const { dials, session, outcomes, request } = world();
    request();
    const refused = (label: number): Frame => makeFrame(FrameKind.refused, { label });
    dials[0]!.events.onOpen();
    dials[0]!.events.onFrame(refused(Refusal.full));
    dials[0]!.events.onClose();
    expect(session.isOver).toBe(false);
    vi.advanceTimersByTime(100);
    dials[1]!.events.onOpen();
    dials[1]!.events.onFrame(refused(Refusal.lost));
    expect(outcomes).toMatchObject([{ status: 9 }]);
    expect(session.isOver).toBe(true);
  });

  it("says goodbye when it is closed, and leaves no timer", () => {
    const { dials, session, outcomes, request } = world();
    request();
    dials[0]!.welcome();
    session.close();
    expect(dials[0]!.sent.at(-1)).toMatchObject({ kind: FrameKind.bye, session: 7 });
    expect(outcomes).toMatchObject([{ status: 9 }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves its open request to another process without a word", () => {
    const { dials, session, outcomes, request } = world();
    request();
    dials[0]!.welcome();
    session.leave();
    expect(dials[0]!.calls).toEqual([1]);
    expect(dials[0]!.sent.map(({ kind }) => kind)).toEqual([FrameKind.hello, FrameKind.call]);
    expect(dials[0]!.isClosed).toBe(true);
    expect(outcomes).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
