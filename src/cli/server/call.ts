// `shoal call NAME METHOD [ARGS]`: calls a service from a shell. Arguments are JSON, or texts where they are none; the
// answer is JSON, of a stream a line for each item.
import { connect, ServiceGoneError } from "../../boot/index.ts";
import { ExitCode } from "../exit-code.ts";
import { say } from "../message.ts";
import { reviveFor } from "../run/revive.ts";

export interface CallCommandOptions {
  /** How long it waits for a service that cannot be reached, seconds. */
  readonly connectTimeout: number;
}

type AnyMethods = Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;

export async function call(
  name: string,
  method: string,
  args: readonly string[],
  { connectTimeout }: CallCommandOptions,
): Promise<void> {
  await reviveFor([name]);
  try {
    await using client = await connect(name, { timeoutSeconds: connectTimeout });
    // What methods there are the service alone knows: it refuses the others.
    const methods = client as unknown as AnyMethods;
    await print(await methods[method]!(...args.map(valueOf)));
  } catch (error) {
    say(shownOf(error));
    process.exitCode = error instanceof ServiceGoneError ? ExitCode.cannotRun : 1;
  }
}

/** What is no JSON is a text, so that words need no quotes within quotes. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function print(value: unknown): Promise<void> {
  if (isStream(value)) {
    for await (const item of value) printLine(item);
  } else if (value !== undefined) {
    printLine(value);
  }
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function printLine(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, plain)}\n`);
}

/** Values of services that JSON has no words for, as near as it comes. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  if (value instanceof Uint8Array) return [...value];
  if (typeof value === "bigint") return `${value}`;
  return value === undefined ? null : value;
}

function shownOf(error: unknown): string {
  if (!(error instanceof Error)) return `it threw ${JSON.stringify(error)}`;
  return `${error.name}: ${error.message}`;
}
