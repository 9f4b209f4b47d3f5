// The host of random modules: functions that answer from a count of the calls carried out so far, so
// that a call made twice, or left out, or made with another argument, changes everything behind it.

export interface HostCalls {
  /** Calls carried out, with their arguments. */
  readonly calls: string[];
}

/** Values that the host gives to programs: they are told apart by identity. */
const things = ["anchor", "buoy", "chart"].map((name) => ({ name }));

/** Beyond these a module only gets longer. */
export const callsMax = 400;

export class TooManyCallsError extends Error {}

type HostFunction = (...args: never[]) => unknown;

export function hostOf({ calls }: HostCalls): Record<string, HostFunction> {
  const carryOut = (name: string, args: readonly unknown[]): number => {
    if (calls.length >= callsMax) throw new TooManyCallsError();
    return calls.push(`${name}(${args.map(describe).join(", ")})`);
  };
  return {
    point: (x: number) => mix(x, carryOut("point", [x])),
    wide: (x: bigint, y: number) => x * 3n + BigInt(carryOut("wide", [x, y])),
    refer: (thing: unknown, called: unknown, x: number) => {
      const count = carryOut("refer", [thing, typeof called, x]);
      return count % 3 === 0 ? thing : (things[(mix(x, count) % 4) >>> 0] ?? null);
    },
    pair: () => {
      const count = carryOut("pair", []);
      return [mix(7, count), count / 4];
    },
    note: (x: number) => void carryOut("note", [x]),
  };
}

function mix(x: number, count: number): number {
  const mixed = Math.imul(x ^ (count * 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

export function describe(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(describe).join(", ")}]`;
  const thing = things.find((one) => one === value);
  return thing?.name ?? (typeof value === "function" ? "function" : String(value));
}
