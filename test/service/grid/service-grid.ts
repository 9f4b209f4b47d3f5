// The grid: the same work under a loss at one record after the other.
import { type TestCodes } from "./test-codes.ts";
import { type Kill, ServiceWorld, type WorldOptions } from "./service-world.ts";
import { Bank, clientIn, work } from "./workload.ts";

export interface GridCase {
  readonly codes: TestCodes;
  readonly kills: readonly Kill[];
  readonly images?: WorldOptions["images"];
  readonly isSlow?: boolean | undefined;
  /** The code that it is to become while clients work. */
  readonly upgradeTo?: string | undefined;
}

export interface GridResult {
  readonly noticed: readonly string[];
  readonly records: number;
  readonly lives: number;
  /** Whether the log was cut at an image. */
  readonly isCut: boolean;
}

/** No work takes longer: a client that waits for ever is something that was noticed. */
const limitMs = 20_000;

export async function runCase(options: GridCase): Promise<GridResult> {
  const { upgradeTo, ...rest } = options;
  const bank = new Bank();
  const world = new ServiceWorld({ ...rest, ask: bank.ask });
  await world.begin();
  const timer = Promise.withResolvers<string[]>();
  const timeout = setTimeout(() => timer.resolve(["somebody waits for ever"]), limitMs);
  try {
    const grid = clientIn(world, 1);
    const upgraded = upgradeTo === undefined ? [] : [upgrade(world, upgradeTo)];
    const all = Promise.all([work(grid, bank), ...upgraded]).then(async ([noticed]) => {
      if (upgradeTo === undefined) return noticed;
      const form = await grid.form();
      return form === 3 ? noticed : [...noticed, `it has form ${form}`];
    });
    const noticed = await Promise.race([all, timer.promise]);
    return { noticed, records: world.log.end, lives: world.lives, isCut: world.log.first > 0 };
  } finally {
    clearTimeout(timeout);
    world.close();
  }
}

/** Asked again after each loss, as the command does. */
function upgrade(world: ServiceWorld, code: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = (): void => {
      const { service } = world;
      if (service.code === code) {
        leave();
        resolve();
        return;
      }
      service.upgrade(code, { waitMs: 10_000, endsOpen: false }).then(
        () => {
          leave();
          resolve();
        },
        (error: unknown) => {
          // What a dead one says is not heard.
          if (!world.isLost(service)) reject(error);
        },
      );
    };
    const leave = world.onLoss(() => go());
    go();
  });
}

/** Runs differ by a few records, with the moments at which timers go off. */
const leftOut = 4;

/** A loss at every so many records, before and after what follows from them. */
export function killsAtEach(records: number, step: number, offset = 0): (readonly Kill[])[] {
  const kills: (readonly Kill[])[] = [];
  for (let at = 1 + offset; at <= records - leftOut; at += step) {
    kills.push([{ at, isAfter: true }], [{ at, isAfter: false }]);
  }
  return kills;
}
