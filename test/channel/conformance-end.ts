// Conformance of ends: what was sent before arrives, the end is told once, and every open call is settled.
import { expect, it } from "vitest";
import { CallKind, PeerLostError, Rpc } from "../../src/channel/index.ts";
import { Ending } from "../../src/machine/line.ts";
import { Link } from "../../src/channel/index.ts";
import { Answers } from "./answers.ts";
import { pair } from "./conformance-messages.ts";
import { bytesOf, expectMessages, Recorder } from "./recorder.ts";
import { inWorld, type MakeWorld } from "./world.ts";

export function endTests(make: MakeWorld): void {
  it("tells of a link that was closed, after what was sent before", () =>
    inWorld(make, async (world) => {
      const { left, right } = pair(world);
      const sent = [bytesOf(1, 10), bytesOf(2, 10)];
      for (const bytes of sent) left.link.send(1, bytes);
      left.link.close(Ending.closed);
      await world.until(() => right.heard.endings.length > 0);
      expectMessages(right.heard.messages, sent);
      expect(right.heard.endings).toEqual([Ending.closed]);
      expect(left.heard.endings).toEqual([Ending.closed]);
      expect(right.link.send(1, sent[0])).toBe(false);
      expect(left.link.begin()).toBe(-1);
    }));

  it("tells a side that sleeps of the death of the other, once", () =>
    inWorld(make, async (world) => {
      const { left } = pair(world);
      await world.untilQuiet();
      world.loseRight();
      await world.until(() => left.heard.endings.length > 0);
      await world.untilQuiet();
      expect(left.heard.endings.length).toBe(1);
      expect([Ending.ended, Ending.cut]).toContain(left.heard.endings[0]);
    }));

  it("gives a far side up that sends what makes no sense, and goes on without it", () =>
    inWorld(make, async (world) => {
      const [left, right] = [new Link(world.left), new Link(world.right)];
      const rpc = new Rpc(left);
      void new Recorder(right);
      world.drive(left);
      world.drive(right);
      const answers = new Answers();
      rpc.callBytes(bytesOf(1, 8), answers);
      // The answer to a call that nobody made.
      right.send(CallKind.answer, new Uint8Array(Int32Array.of(77).buffer));
      await world.until(() => left.ending !== undefined);
      expect(left.ending).toBe(Ending.broken);
      expect(answers.errors.map(({ message }) => message)).toEqual([
        expect.stringContaining("makes no sense"),
      ]);
      await world.until(() => right.ending !== undefined);
    }));

  it("settles every call in flight when the far side dies, and refuses further ones", () =>
    inWorld(make, async (world) => {
      const [left, right] = [new Link(world.left), new Link(world.right)];
      const rpc = new Rpc(left);
      const asked: number[] = [];
      void new Rpc(right, {
        request: (call) => void asked.push(call),
        abandoned: () => undefined,
        ended: () => undefined,
      });
      world.drive(left);
      world.drive(right);
      const answers = new Answers();
      for (let i = 0; i < 20; i++) rpc.callBytes(bytesOf(i, i * 9), answers);
      await world.until(() => asked.length >= 3);
      world.loseRight();
      await world.until(() => answers.errors.length === 20);
      expect(answers.errors.every((error) => error instanceof PeerLostError)).toBe(true);
      expect(rpc.openCount).toBe(0);
      rpc.callBytes(bytesOf(1, 4), answers);
      expect(answers.errors.length).toBe(21);
    }));
}
