// Conformance of calls: many at once, answered in any order, given up, and in both directions.
import { expect, it } from "vitest";
import { CallDeadlineError, Link, Rpc } from "../../src/channel/index.ts";
import { Answers, Keeper } from "./answers.ts";
import { bytesOf } from "./recorder.ts";
import { inWorld, type MakeWorld, type World } from "./world.ts";

export function callTests(make: MakeWorld): void {
  it("answers calls of any length, in any order, to whoever made them", () =>
    inWorld(make, async (world) => {
      const { client, server, keeper } = clientAndServer(world);
      const answers = new Answers();
      const asked = new Map<number, Uint8Array>();
      for (let i = 0; i < 60; i++) {
        const bytes = bytesOf(i, (i * 13) % 300);
        asked.set(client.callBytes(bytes, answers), bytes);
      }
      await world.until(() => keeper.asked.length === 60);
      keeper.answerAll(server);
      await world.until(() => answers.answers.size === 60);
      for (const [call, bytes] of asked) {
        expect(answers.answers.get(call)).toEqual(bytes.toReversed());
      }
      expect(client.openCount).toBe(0);
    }));

  it("serves calls in both directions at once", () =>
    inWorld(make, async (world) => {
      const [left, right] = [new Link(world.left), new Link(world.right)];
      const keepers = [new Keeper(), new Keeper()];
      const ends = [new Rpc(left, keepers[0]), new Rpc(right, keepers[1])];
      world.drive(left);
      world.drive(right);
      const answers = [new Answers(), new Answers()];
      for (let i = 0; i < 30; i++) {
        ends.forEach((end, side) => end.callBytes(bytesOf(i, 40), answers[side]));
      }
      await world.until(() => keepers.every(({ asked }) => asked.length === 30));
      keepers.forEach((keeper, side) => keeper.answerAll(ends[side]));
      await world.until(() => answers.every((of) => of.answers.size === 30));
    }));

  it("fails a call at its deadline, tells the server, and takes no late answer for another's", () =>
    inWorld(make, async (world) => {
      const { client, server, keeper } = clientAndServer(world);
      const [late, later] = [new Answers(), new Answers()];
      const first = client.callBytes(bytesOf(1, 8), late, 1000);
      client.callBytes(bytesOf(2, 8), later, 3000);
      expect(client.nextDeadlineNs).toBe(1000);
      await world.until(() => keeper.asked.length === 2);
      client.expire(999);
      expect(late.errors).toEqual([]);
      client.expire(1000);
      expect(late.errors[0]).toBeInstanceOf(CallDeadlineError);
      expect(client.nextDeadlineNs).toBe(3000);
      await world.until(() => keeper.abandonedCalls.length === 1);
      const third = client.callBytes(bytesOf(3, 8), later);
      expect(third).not.toBe(first);
      await world.until(() => keeper.asked.length === 3);
      keeper.answerAll(server);
      await world.until(() => later.answers.size === 2);
      expect(later.answers.get(third)).toEqual(bytesOf(3, 8).toReversed());
      expect(late.answers.size).toBe(0);
      // Numbers that were answered are used again.
      expect(client.callBytes(bytesOf(4, 8), later)).toBeLessThan(3);
    }));
}

function clientAndServer(world: World) {
  const [left, right] = [new Link(world.left), new Link(world.right)];
  const keeper = new Keeper();
  const client = new Rpc(left);
  const server = new Rpc(right, keeper);
  world.drive(left);
  world.drive(right);
  return { client, server, keeper };
}
