// `shoal freeze`, `thaw` and `fork` of durable services: what is frozen is the state between two messages, and the
// code; what is forked is the data directory, with the calls that are open in it.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import {
  dataDirectoryOf,
  type FrozenService,
  makeServiceOf,
  ownerOf,
  PlaceError,
  placeOf,
} from "../../boot/index.ts";
import { ExitCode } from "../exit-code.ts";
import { fail } from "../message.ts";
import { isOfSystem } from "../run/revive.ts";
import { copyServerAs } from "../server/copied-server.ts";
import { isService } from "../server/logged-service.ts";
import { serviceWords } from "../server/service-words.ts";
import { ask, ownCommand } from "../system/system-access.ts";

/** How long a service that was frozen may take to end, milliseconds. */
const endMsMax = 8000;
const pollMs = 20;

/** Whether a name is that of a durable service. */
export function isDurableService(name: string): boolean {
  return isPlace(name) && isService(dataDirectoryOf(name));
}

/** Ends a service that was frozen, whoever runs it. */
export async function endService(name: string): Promise<void> {
  if (isOfSystem(name)) {
    await ask({ ask: "stop", names: [name] });
    return;
  }
  const directory = dataDirectoryOf(name);
  const owner = ownerOf(directory);
  if (owner === undefined) return;
  process.kill(owner.pid, "SIGTERM");
  const untilMs = performance.now() + endMsMax;
  while (ownerOf(directory)?.pid === owner.pid) {
    if (performance.now() > untilMs) {
      fail(
        `${name} is frozen, and process ${owner.pid}, which runs it, does not end`,
        ExitCode.fault,
      );
    }
    await new Promise((then) => setTimeout(then, pollMs));
  }
}

/** Makes a service of a frozen one. Answers the words of the `shoal run` that lets it go on. */
export function thawService(frozen: FrozenService, file: string, name = frozen.name): string[] {
  const directory = freeDirectory(name, `shoal thaw ${file} --name NAME`);
  makeServiceOf(frozen, directory);
  return serviceWords(name, directory, { durable: "host", connect: [] });
}

export interface ForkServiceOptions {
  readonly copies: number;
  /** Copies are PREFIX-1, PREFIX-2, ...; the name unless given. */
  readonly output?: string | undefined;
}

/** Copies of a service, which goes on; the background system runs them. */
export async function forkService(
  name: string,
  { copies, output = name }: ForkServiceOptions,
): Promise<void> {
  const source = dataDirectoryOf(name);
  const names = Array.from({ length: copies }, (_, i) => `${output}-${i + 1}`);
  const directories = names.map((copy) => freeDirectory(copy, "-o PREFIX"));
  for (const [i, copy] of names.entries()) {
    copyServerAs(copy, directories[i]!, { name, source });
    await detach(serviceWords(copy, directories[i]!, { durable: "host", connect: [] }));
  }
}

/** The data directory of a name that has none. */
function freeDirectory(name: string, instead: string): string {
  if (!isPlace(name)) fail(`"${name}" cannot be a name: say ${instead}`, ExitCode.usage);
  const directory = resolve(dataDirectoryOf(name));
  if (!existsSync(directory)) return directory;
  return fail(
    `there is a server named ${name} already (${directory}): give another name, with ${instead}`,
    ExitCode.usage,
  );
}

function isPlace(name: string): boolean {
  try {
    placeOf(name);
    return true;
  } catch (error) {
    if (!(error instanceof PlaceError)) throw error;
    return false;
  }
}

/** Hands a command line to the background system, as somebody would type it. */
async function detach([run, ...words]: readonly string[]): Promise<void> {
  const [node, ...own] = ownCommand();
  const { spawn } = process.getBuiltinModule("node:child_process");
  const child = spawn(node, [...own, run!, "--detach", ...words], { stdio: "inherit" });
  const code = await new Promise<number>((then, reject) => {
    child.on("error", reject);
    child.on("exit", (status) => then(status ?? ExitCode.fault));
  });
  if (code !== 0) process.exit(code);
}
