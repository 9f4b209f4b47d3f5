// Links between the cores of a machine: in threads of Node, and simulated. A core that ends takes its calls along, and a
// core that is started in its place has a link of another epoch.
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { endLinkOf, Link, machineCarrier, PeerLostError, Rpc } from "../../src/channel/index.ts";
import { type CoreEntry, type Machine, Wake } from "../../src/machine/machine.ts";
import { createNodeMachine } from "../../src/machine/node/index.ts";
import { Simulation } from "../../src/machine/sim/index.ts";
import { Answers } from "./answers.ts";
import { answering, coreLink, serveLink } from "./core-entry.ts";

const entry: CoreEntry = {
  url: new URL("./core-entry.ts", import.meta.url).href,
  name: "answering",
  run: answering,
};

async function callCore(
  machine: Machine,
  until: (predicate: () => boolean) => Promise<void>,
): Promise<void> {
  const link = new Link(machineCarrier(machine, { ...coreLink, peer: 1 }));
  const rpc = new Rpc(link);
  link.carrier.onRing(() => serveLink(link));
  machine.onWake((reasons) => {
    if ((reasons & Wake.doorbell) !== 0) serveLink(link);
  });
  machine
    .startCore({ core: 1, entry, data: null })
    .onExit(() => endLinkOf(machine, { ...coreLink, peer: 1, core: 0 }));
  serveLink(link);
  const answers = new Answers();
  for (let number = 0; number < 100; number++) rpc.callBytes(bytes(number), answers);
  await until(() => answers.answers.size > 0 && rpc.openCount === 0);
  expect(answers.errors).toEqual([]);
  // The third of these kills the core; nobody knows what became of the others that were open then.
  const last = new Answers();
  for (const number of [1, 2, -1, 3, 4]) rpc.callBytes(bytes(number), last);
  await until(() => rpc.openCount === 0);
  expect(last.errors.length).toBeGreaterThanOrEqual(3);
  expect(last.errors[0]).toBeInstanceOf(PeerLostError);
}

function bytes(number: number): Uint8Array {
  return new Uint8Array(Int32Array.of(number).buffer);
}

it("a core in a thread answers core 0, and its death settles what is open", async () => {
  const machine = createNodeMachine({ coreCount: 2 });
  try {
    await callCore(machine, async (predicate) => {
      while (!predicate()) await nextTurn();
    });
  } finally {
    machine.close();
  }
});

it.each([1, 2, 3, 4])("a simulated core does, seed %s", async (seed) => {
  const simulation = new Simulation({ seed, coreCount: 2, spuriousOneIn: 7 });
  await callCore(simulation.machine, async (predicate) => {
    expect(simulation.runUntil(predicate, 100_000)).toBe("reached");
  });
});
