// The gateway with a server and connections that the test plays: who gets which answer, how often the
// server is called, and what is left of sessions that are over.
import { describe, expect, it, vi } from "vitest";
import { type Frame, FrameKind, makeFrame } from "./frame.ts";
import { Gateway } from "./gateway.ts";
import type { Link } from "./gateway-session.ts";
import { Refusal } from "./refusal.ts";
import type { ClientCall } from "./server-calls.ts";
import type { SessionHistory } from "./session-history.ts";
import { SessionKeys } from "./session-keys.ts";

/** A connection that keeps what it was sent. */
class TestLink implements Link {
  readonly sent: Frame[] = [];
  isReading = true;
  isClosed = false;

  send(frame: Frame): void {
    this.sent.push(frame);
  }

  setReading(isReading: boolean): void {
    this.isReading = isReading;
  }

  close(): void {
    this.isClosed = true;
  }

  get last(): Frame {
    return this.sent.at(-1)!;
  }
}

/** A server whose answers the test gives, and the slots that it was called through. */
class TestServer {
  readonly calls: { readonly slot: number; readonly call: ClientCall }[] = [];
  readonly openSlots = new Map<number, number>();
  givenUp = 0;
  #nextSlot = 1;

  open(badge: number): number {
    this.openSlots.set(this.#nextSlot, badge);
    return this.#nextSlot++;
  }

  call(slot: number, call: ClientCall): () => void {
    this.calls.push({ slot, call });
    return () => {
      this.givenUp++;
      call.over({ status: 8, label: 0, words: new Int32Array(6), bytes: new Uint8Array(0) });
    };
  }

  close(slot: number): void {
    this.openSlots.delete(slot);
  }

  /** Answers the newest call. */
  answer(label: number, status = 0): void {
    const bytes = new Uint8Array(0);
    this.calls.at(-1)!.call.over({ status, label, words: new Int32Array(6), bytes });
  }
}

interface WorldOptions {
  readonly keys?: SessionKeys;
  readonly history?: SessionHistory;
  readonly isTakenOver?: () => boolean;
}

function world(options: WorldOptions = {}) {
  const server = new TestServer();
  const { keys = new SessionKeys(), ...others } = options;
  const gateway = new Gateway({ calls: server, keys, epoch: 1, sessionsMax: 4, ...others });
  const connect = (fields: Partial<Frame> = {}): TestLink => {
    const link = new TestLink();
    gateway.receive(link, makeFrame(FrameKind.hello, { session: 7, status: 60, ...fields }));
    return link;
  };
  const request = (link: TestLink, sequence: number, label = 100): void =>
    gateway.receive(link, makeFrame(FrameKind.call, { session: 7, sequence, label }));
  return { server, gateway, keys, connect, request };
}

/** What a client that was welcomed comes back with. */
function identityOf({ last }: TestLink): Partial<Frame> {
  return { session: last.session, badge: last.badge, words: last.words };
}

describe("a gateway", () => {
  it("calls the server once for a request, with the badge of its session, and passes the answer on", () => {
    const { server, connect, request } = world();
    const link = connect();
    const { badge } = link.last;
    request(link, 1);
    expect(server.calls).toHaveLength(1);
    expect(server.openSlots.get(server.calls[0]!.slot)).toBe(badge);
    server.answer(5);
    expect(link.last).toMatchObject({ kind: FrameKind.answer, sequence: 1, label: 5, status: 0 });
  });

  it("says nothing in the name of a server that is another process by now", () => {
    let isTakenOver = false;
    const { server, gateway, connect, request } = world({ isTakenOver: () => isTakenOver });
    const [asking, resting] = [connect(), connect({ session: 8 })];
    request(asking, 1);
    isTakenOver = true;
    server.answer(5, 9);
    gateway.close();
    const late = connect();
    for (const link of [asking, resting, late]) {
      expect(link.isClosed).toBe(true);
      expect(link.sent.filter(({ kind }) => kind !== FrameKind.welcome)).toEqual([]);
    }
    expect(late.sent).toEqual([]);
  });

  it("reads nothing of a session while a request of it is open", () => {
    const { server, connect, request } = world();
    const link = connect();
    request(link, 1);
    expect(link.isReading).toBe(false);
    server.answer(5);
    expect(link.isReading).toBe(true);
  });

  it("gives a request that comes again the answer it had, without the server", () => {
    const { server, gateway, connect, request } = world();
    const first = connect();
    const identity = identityOf(first);
    request(first, 1);
    server.answer(5);
    gateway.disconnected(first);
    const second = connect(identity);
    request(second, 1);
    expect(server.calls).toHaveLength(1);
    expect(second.last).toMatchObject({ kind: FrameKind.answer, sequence: 1, label: 5 });
  });

  it("joins a request that comes again to the one that is open", () => {
    const { server, connect, request } = world();
    const first = connect();
    const identity = identityOf(first);
    request(first, 1);
    const second = connect(identity);
    expect(first.isClosed).toBe(true);
    request(second, 1);
    server.answer(9);
    expect(server.calls).toHaveLength(1);
    expect(second.last).toMatchObject({ kind: FrameKind.answer, label: 9 });
    expect(first.last.kind).toBe(FrameKind.welcome);
  });

  it.each([0, 3, 17])("refuses request %i of a session that has made none", (sequence) => {
    const { server, connect, request } = world();
    const link = connect();
    request(link, sequence);
    expect(server.calls).toHaveLength(0);
    expect(link.last).toMatchObject({ kind: FrameKind.refused, label: Refusal.lost });
    expect(link.isClosed).toBe(true);
  });

  it("knows a session of an earlier life by its token, and no other", () => {
    const before = world();
    const identity = identityOf(before.connect());
    const after = world({ keys: before.keys, history: heard(1) });
    expect(after.connect(identity).last.kind).toBe(FrameKind.welcome);
    const forged = after.connect({ ...identity, badge: identity.badge! + 1 });
    expect(forged.last).toMatchObject({ kind: FrameKind.refused });
    const stranger = world().connect(identity);
    expect(stranger.last).toMatchObject({ kind: FrameKind.refused, label: Refusal.lost });
  });

  it("of an earlier life calls with what the server has not heard, and with nothing else", () => {
    const before = world();
    const identity = identityOf(before.connect());
    const { server, connect, request } = world({ keys: before.keys, history: heard(1) });
    const link = connect(identity);
    request(link, 1);
    expect(server.calls).toHaveLength(0);
    expect(link.last).toMatchObject({ kind: FrameKind.answer, sequence: 1, label: 77 });
    request(link, 2);
    expect(server.calls).toHaveLength(1);
  });

  it("without a history refuses what comes from an earlier life", () => {
    const before = world();
    const identity = identityOf(before.connect());
    const { connect, request } = world({ keys: before.keys });
    const link = connect(identity);
    request(link, 2);
    expect(link.last).toMatchObject({ kind: FrameKind.refused, label: Refusal.lost });
  });

  it("lets a request that the server never heard use no number up", () => {
    const { server, connect, request } = world({ history: heard(0) });
    const link = connect();
    request(link, 1);
    server.answer(0, 10);
    expect(link.last).toMatchObject({ kind: FrameKind.answer, status: 10, epoch: 0 });
    request(link, 1);
    expect(server.calls).toHaveLength(2);
  });

  it("forgets a session with its goodbye, open request and all", () => {
    const { server, gateway, connect, request } = world();
    const link = connect();
    request(link, 1);
    gateway.receive(link, makeFrame(FrameKind.bye, { session: 7 }));
    expect(server.givenUp).toBe(1);
    expect(server.openSlots.size).toBe(0);
    expect(gateway.counts).toEqual({ sessions: 0, connected: 0 });
  });

  it("forgets a session whose client stays away for as long as it said, and not before", () => {
    vi.useFakeTimers();
    try {
      const { server, gateway, connect } = world();
      gateway.disconnected(connect({ status: 60 }));
      vi.advanceTimersByTime(59_000);
      expect(gateway.counts.sessions).toBe(1);
      vi.advanceTimersByTime(2000);
      expect(gateway.counts.sessions).toBe(0);
      expect(server.openSlots.size).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("has so many sessions and no more", () => {
    const { gateway, connect } = world();
    for (let session = 1; session <= 4; session++) connect({ session });
    const one = connect({ session: 9 });
    expect(one.last).toMatchObject({ kind: FrameKind.refused, label: Refusal.full });
    expect(gateway.counts).toEqual({ sessions: 4, connected: 4 });
  });

  it.each(Object.values(FrameKind))(
    "refuses a connection that begins with kind %i or goes on so",
    (kind) => {
      const { gateway, server, connect } = world();
      const link = new TestLink();
      gateway.receive(link, makeFrame(kind, { session: 7, sequence: 1 }));
      if (kind !== FrameKind.hello) expect(link.isClosed).toBe(true);
      const other = connect({ session: 8 });
      gateway.receive(other, makeFrame(kind, { session: 8, sequence: 1 }));
      const isAllowed = kind === FrameKind.call;
      expect(other.isClosed).toBe(!isAllowed);
      expect(server.calls).toHaveLength(isAllowed ? 1 : 0);
    },
  );
});

/** A history in which every session has had this many requests, each answered with label 77. */
function heard(count: number): SessionHistory {
  return {
    received: () => count,
    announce: (_, number) =>
      number === count ? "repeat" : number === count + 1 ? "fresh" : "lost",
    whenReplied: (_, then) =>
      then({ label: 77, words: new Int32Array(6), bytes: new Uint8Array(0) }),
  };
}
