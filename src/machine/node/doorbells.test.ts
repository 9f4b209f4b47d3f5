// The two ways in which a ring outlives an unlucky order of starts and deaths. The suite of the port
// cannot tell them apart, because either one hides the absence of the other there.
import { MessageChannel } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Doorbells, doorbellWords } from "./doorbells.ts";

function twoBells(onRing: () => void): { near: Doorbells; far: Doorbells } {
  const words = new Int32Array(new SharedArrayBuffer(doorbellWords(2) * 4));
  return { near: new Doorbells(0, words, () => {}), far: new Doorbells(1, words, onRing) };
}

describe("doorbells", () => {
  it("send a ring that came before the port, once there is a port", async () => {
    const rung = Promise.withResolvers<void>();
    const { near, far } = twoBells(() => rung.resolve());
    near.ring(1);
    const { port1, port2 } = new MessageChannel();
    near.connect(1, port1);
    far.connect(0, port2);
    await rung.promise;
    near.close();
    far.close();
  });

  it("find a ring whose sender died before it could send", async () => {
    const rung = Promise.withResolvers<void>();
    const { near, far } = twoBells(() => rung.resolve());
    near.ring(1);
    near.close();
    far.lookSoon();
    await rung.promise;
    expect(far.take()).toBe(false);
  });

  it("merge rings that were not answered yet into one", async () => {
    let rings = 0;
    const { near, far } = twoBells(() => rings++);
    const { port1, port2 } = new MessageChannel();
    near.connect(1, port1);
    far.connect(0, port2);
    for (let ring = 0; ring < 1000; ring++) near.ring(1);
    const last = Promise.withResolvers<void>();
    port2.on("message", (text) => {
      if (text === "last") last.resolve();
    });
    port1.postMessage("last");
    await last.promise;
    expect(rings).toBe(1);
    near.close();
    far.close();
  });
});
