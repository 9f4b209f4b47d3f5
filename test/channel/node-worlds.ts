// The carriers of Node for the conformance suite: both sides in this thread, each with a loop of its own, over the
// memory, files and sockets that they have between threads and processes too.
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { MessageChannel } from "node:worker_threads";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Link } from "../../src/channel/index.ts";
import type { Carrier } from "../../src/machine/carrier.ts";
import {
  connectLink,
  LinkLoop,
  listenForLinks,
  makeSharedLink,
  markEnded,
  sharedCarrier,
} from "../../src/machine/node/index.ts";
import type { Shape, World } from "./world.ts";

const waitMsMax = 5_000;
const patienceNs = 20_000;

/** Both sides on loops of their own, as they would have in two threads. */
class Drivers {
  readonly #loops = new Map<Carrier, LinkLoop>();

  readonly drive = (link: Link): void => {
    const loop = new LinkLoop({ patienceNs });
    this.#loops.set(link.carrier, loop);
    loop.add(link);
  };

  readonly until = async (predicate: () => boolean): Promise<void> => {
    const giveUpMs = performance.now() + waitMsMax;
    while (!predicate()) {
      if (performance.now() > giveUpMs) throw new Error("what was waited for did not happen");
      await nextTurn();
    }
  };

  readonly untilQuiet = (): Promise<void> =>
    this.until(() => [...this.#loops.values()].every((loop) => loop.isAsleep));

  stop(carrier: Carrier): void {
    this.#loops.get(carrier)?.close();
  }

  close(): void {
    for (const loop of this.#loops.values()) loop.close();
  }
}

export function sharedWorld(shape: Shape): World {
  const memory = makeSharedLink(shape);
  const { port1, port2 } = new MessageChannel();
  const drivers = new Drivers();
  const { drive, until, untilQuiet } = drivers;
  const right = sharedCarrier(memory, 1, port2);
  return {
    left: sharedCarrier(memory, 0, port1),
    right,
    drive,
    until,
    untilQuiet,
    loseRight: () => {
      drivers.stop(right);
      markEnded(memory, 1);
      port2.close();
    },
    close: () => {
      drivers.close();
      port1.close();
    },
  };
}

/** @param mayMap False: lines are copied over the socket. */
export async function hostWorld(shape: Shape, mayMap: boolean): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-link-"));
  const path = join(directory, "socket");
  const { promise, resolve } = Promise.withResolvers<Carrier>();
  const server = await listenForLinks(path, { ...shape, mayMap }, resolve);
  const sockets: Socket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  const right = await connectLink(path);
  const left = await promise;
  const drivers = new Drivers();
  const { drive, until, untilQuiet } = drivers;
  return {
    left,
    right,
    drive,
    until,
    untilQuiet,
    loseRight: () => {
      drivers.stop(right);
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      drivers.close();
      left.close();
      right.close();
      server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
