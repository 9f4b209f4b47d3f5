// What a connection keeps for a durable program: its session, until the program has ended by itself.
import { expect, it } from "vitest";
import type { Message, ServiceHost } from "../../userlib/index.ts";
import { ConnectService } from "./connect-service.ts";
import type { DialEvents } from "./dial.ts";
import { type Frame, FrameKind, makeFrame } from "./frame.ts";
import type { KeptSession, KeptSessionStore } from "./kept-session.ts";

const badge = 1;

/** A directory's file, and how many requests the program's log has answers to. */
class Kept implements KeptSessionStore {
  session: KeptSession | undefined;
  answered = 0;

  read(): KeptSession | undefined {
    return this.session;
  }

  write(session: KeptSession): void {
    this.session = session;
  }

  remove(): void {
    this.session = undefined;
  }
}

/** One life of the program's connection, to a gateway that welcomes and never answers. */
function life(kept: Kept) {
  const sent: Frame[] = [];
  const dial = (events: DialEvents) => {
    queueMicrotask(() => {
      events.onOpen();
      events.onFrame(
        makeFrame(FrameKind.welcome, { badge: 9, words: new Int32Array(6), epoch: 1 }),
      );
    });
    return { send: (frame: Frame) => void sent.push(frame), close: () => undefined };
  };
  const keep = { badge, store: kept, answered: () => kept.answered };
  const service = new ConnectService({ name: "other", dial, timeoutMs: 1000, keeps: [keep] });
  const host: Partial<ServiceHost> = {
    defer: () => ({ later: 1 }),
    giveUp: () => undefined,
  };
  const message: Partial<Message> = {
    badge,
    label: 5,
    words: Int32Array.of(1),
    bytes: new Uint8Array(0),
  };
  // A service looks at no more of either.
  const request = (): void => void service.handle(message as Message, host as ServiceHost);
  const gone = (): void => service.onClientGone(badge, host as ServiceHost);
  return { sent, service, request, gone };
}

it("the session of a program that broke is gone on with by its next life, request and all", async () => {
  const kept = new Kept();
  const first = life(kept);
  first.request();
  await Promise.resolve();
  const { number } = kept.session!;
  first.gone();
  first.service.close(true);
  expect(first.sent.map(({ kind }) => kind)).toEqual([FrameKind.hello, FrameKind.call]);

  const second = life(kept);
  second.request();
  await Promise.resolve();
  const [hello, call] = second.sent;
  expect(hello).toMatchObject({ kind: FrameKind.hello, session: number, badge: 9 });
  expect(call).toMatchObject({ kind: FrameKind.call, session: number, sequence: 1 });
});

it("the session of a program that has ended is over, here and there", async () => {
  const kept = new Kept();
  const { sent, service, request, gone } = life(kept);
  request();
  await Promise.resolve();
  gone();
  service.close();
  expect(sent.at(-1)?.kind).toBe(FrameKind.bye);
  expect(kept.session).toBeUndefined();
});
