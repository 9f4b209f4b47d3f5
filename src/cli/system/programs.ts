// `shoal start`, `stop`, `restart`, `rm`, `kill`: what is done to programs of the background system, by
// their names or as a group.
import { constants } from "node:os";
import { type Chosen, readEntry } from "../../system/index.ts";
import { ExitCode } from "../exit-code.ts";
import { fail } from "../message.ts";
import {
  ask,
  type JsonOption,
  orFail,
  placeOrFail,
  printJson,
  printLine,
  upOrFail,
} from "./system-access.ts";

export interface ChooseOptions extends JsonOption {
  readonly group?: string | undefined;
}

export async function start(names: readonly string[], options: ChooseOptions): Promise<void> {
  const chosen = chosenBy(names, options);
  // Before a system is started for a name that it does not know.
  for (const name of names) {
    if ((await orFail(() => readEntry(placeOrFail(), name))) === undefined) {
      fail(`there is no program named ${name}: shoal run --detach starts one`, ExitCode.notFound);
    }
  }
  await upOrFail();
  tell(await ask({ ask: "start", ...chosen }), options, ({ name, pid }) =>
    pid === null ? `${name} has run` : `${name} runs as process ${pid}`,
  );
}

export async function stop(names: readonly string[], options: ChooseOptions): Promise<void> {
  const programs = await ask({ ask: "stop", ...chosenBy(names, options) });
  tell(programs, options, ({ name, state }) => `${name} is ${state}`);
}

export async function restart(names: readonly string[], options: ChooseOptions): Promise<void> {
  const programs = await ask({ ask: "restart", ...chosenBy(names, options) });
  tell(programs, options, ({ name, pid }) => `${name} runs as process ${pid}`);
}

export async function remove(
  names: readonly string[],
  options: ChooseOptions & { readonly force?: boolean | undefined },
): Promise<void> {
  const request = { ...chosenBy(names, options), isForced: options.force === true };
  tell(await ask({ ask: "remove", ...request }), options, (name) => `${name} is removed`);
}

export async function kill(
  names: readonly string[],
  options: ChooseOptions & { readonly signal: string },
): Promise<void> {
  const signal = signalOf(options.signal);
  const killed = await ask({ ask: "kill", signal, ...chosenBy(names, options) });
  tell(killed, options, (name) => `${name} was sent ${signal}`);
}

/** A signal by its name, with or without SIG, or its number. */
function signalOf(text: string): NodeJS.Signals {
  const names = Object.keys(constants.signals) as NodeJS.Signals[];
  const upper = text.toUpperCase();
  const found = names.find(
    (name) => name === upper || name === `SIG${upper}` || `${constants.signals[name]}` === text,
  );
  return found ?? fail(`there is no signal ${text}: kill -l lists them`, ExitCode.usage);
}

function chosenBy(names: readonly string[], { group }: ChooseOptions): Chosen {
  if ((names.length === 0) === (group === undefined)) {
    fail("give names of programs, or --group with that of a group", ExitCode.usage);
  }
  return group === undefined ? { names } : { names, group };
}

function tell<T>(values: readonly T[], { json }: JsonOption, line: (value: T) => string): void {
  if (json === true) printJson(values);
  else for (const value of values) printLine(line(value));
}
