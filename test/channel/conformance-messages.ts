// Conformance of messages: all of them, whole, in order, whatever is in the way.
import { expect, it } from "vitest";
import { Link } from "../../src/channel/index.ts";
import { bytesOf, expectMessages, Recorder } from "./recorder.ts";
import { inWorld, type MakeWorld, type World } from "./world.ts";

export function messageTests(make: MakeWorld): void {
  it("carries more messages than there are slots, in order and as they were sent", () =>
    inWorld(make, async (world) => {
      const { left, right } = pair(world);
      const sent = Array.from({ length: 200 }, (_, i) => bytesOf(i, i % 57));
      for (const bytes of sent) left.link.send(1, bytes);
      await world.until(() => right.heard.messages.length === sent.length);
      expectMessages(right.heard.messages, sent);
    }));

  it("carries messages of every length both ways at once", () =>
    inWorld(make, async (world) => {
      const { left, right } = pair(world);
      const lengths = [...Array.from({ length: 180 }, (_, i) => i), 999, 1024, 1025, 70_000];
      const sent = lengths.map((length, i) => bytesOf(i, length));
      const back = sent.toReversed();
      for (const bytes of sent) left.link.send(7, bytes);
      for (const bytes of back) right.link.send(9, bytes);
      await world.until(
        () => right.heard.messages.length + left.heard.messages.length === 2 * sent.length,
      );
      expectMessages(right.heard.messages, sent);
      expectMessages(left.heard.messages, back);
      expect(new Set(right.heard.messages.map(({ kind }) => kind))).toEqual(new Set([7]));
    }));

  it("has no room for more than its slots while the far side does not read, and then again", () =>
    inWorld(make, async (world) => {
      const [left, right] = [new Link(world.left), new Link(world.right)];
      let lines = 0;
      for (let at = left.begin(); at >= 0; at = left.begin()) {
        left.words[at] = lines++;
        left.publish(at, 1, 4);
      }
      // Two slots are left for what is more urgent.
      expect(lines).toBe(6);
      const heard = new Recorder(right);
      void new Recorder(left);
      world.drive(left);
      world.drive(right);
      await world.until(() => left.begin() >= 0);
      await world.until(() => heard.messages.length === lines);
      expect(heard.messages.map(({ bytes }) => bytes[0])).toEqual([0, 1, 2, 3, 4, 5]);
    }));

  it("lets messages of control pass those that wait, even between the lines of one", () =>
    inWorld(make, async (world) => {
      const [left, right] = [new Link(world.left), new Link(world.right)];
      void new Recorder(left);
      const heard = new Recorder(right);
      const sent = [bytesOf(1, 500), bytesOf(2, 2000)];
      for (const bytes of sent) left.send(1, bytes);
      left.send(2, bytesOf(3, 100), true);
      left.send(2, bytesOf(4, 8), true);
      world.drive(left);
      world.drive(right);
      await world.until(() => heard.messages.length === 4);
      const order = heard.messages.map(({ kind, bytes }) => [kind, bytes.length]);
      expect(order).toEqual([
        [2, 100],
        [2, 8],
        [1, 500],
        [1, 2000],
      ]);
      expectMessages(heard.messages.slice(2), sent);
    }));

  it("carries the bytes of bulk memory, and uses it again", () =>
    inWorld(make, async (world) => {
      const { left, right } = pair(world);
      const sent: Uint8Array[] = [];
      for (let number = 0; number < 40; number++) {
        const bytes = bytesOf(number, 100 + ((number * 911) % 1900));
        await world.until(() => sendBulk(world, left.link, number, bytes));
        sent.push(bytes);
      }
      await world.until(() => right.heard.messages.length === sent.length);
      right.heard.messages.forEach(({ bytes, bulk }, i) => {
        expect(new Int32Array(bytes.buffer)[0]).toBe(i);
        expect(bulk).toEqual(sent[i]);
      });
    }));

  it("wakes a side that sleeps, again and again", () =>
    inWorld(make, async (world) => {
      const { left, right } = pair(world);
      for (let number = 0; number < 5; number++) {
        await world.untilQuiet();
        (number % 2 === 0 ? left : right).link.send(1, bytesOf(number, 20));
        const { heard } = number % 2 === 0 ? right : left;
        await world.until(() => heard.messages.length === (number >> 1) + 1);
      }
    }));
}

export function pair(world: World) {
  const side = (carrier: World["left"]) => {
    const link = new Link(carrier);
    const heard = new Recorder(link);
    world.drive(link);
    return { link, heard };
  };
  return { left: side(world.left), right: side(world.right) };
}

function sendBulk(world: World, link: Link, number: number, bytes: Uint8Array): boolean {
  const at = link.begin();
  const bulkAt = at < 0 ? -1 : link.beginBulk(bytes.length);
  if (bulkAt < 0) return false;
  world.left.outgoingBulk.set(bytes, bulkAt);
  link.words[at] = number;
  link.publishBulk(at, 1, 4, bulkAt, bytes.length);
  return true;
}
