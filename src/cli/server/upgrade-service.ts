// `shoal upgrade` of a durable service: other code over the same state. It is rehearsed on a copy of what the log
// has, away from everybody; then the service itself switches, between two messages, or stays what it is.
import { resolve } from "node:path";
import {
  askControl,
  bundleService,
  endedFirst,
  hashOfCode,
  keepCode,
  ownerOf,
  placeOf,
  planNext,
  type ReadOnlyLog,
  RealmScript,
  rehearseUpgrade,
  type ServiceCode,
  takeOwnership,
  type UpgradeRehearsal,
  type UpgradeRequest,
} from "../../boot/index.ts";
import { orFail } from "../durable/kept-program.ts";
import { ExitCode } from "../exit-code.ts";
import { errorCode, fail, say } from "../message.ts";
import { loggedService, whyNot } from "./logged-service.ts";

export interface ServiceUpgradeOptions {
  /** How long calls may stay open, seconds. */
  readonly wait: number;
  /** What is open even then is ended. */
  readonly endOpen?: boolean | undefined;
  /** Methods may be gone. */
  readonly dropMethods?: boolean | undefined;
}

interface Upgrade extends ServiceUpgradeOptions {
  readonly name: string;
  readonly file: string;
  readonly directory: string;
  readonly log: ReadOnlyLog;
}

/** How long a service may be away, being started again, beyond what it waits for open calls; milliseconds. */
const patienceMs = 30_000;
const pollMs = 50;

export async function upgradeService(upgrade: Upgrade): Promise<void> {
  const { name, file, directory } = upgrade;
  const { hash, code, rehearsal } = await rehearseOrFail(upgrade);
  const { records, fromVersion, toVersion } = rehearsal;
  orFail(() => keepCode(directory, code.text));
  const isRunning = ownerOf(directory) !== undefined;
  if (isRunning) await switchOver(upgrade, hash);
  else planFor(upgrade, hash);
  const when = isRunning ? "now" : "from its next start on";
  const version =
    fromVersion === toVersion
      ? ""
      : `, and its state goes from version ${fromVersion} to ${toVersion}`;
  say(`${name} is ${file} ${when}${version} (rehearsed with ${records} records)`);
}

/** Ends the command, and the old one goes on, if the new one cannot take its place. */
async function rehearseOrFail(upgrade: Upgrade) {
  const { name, file, directory, log } = upgrade;
  try {
    const code: ServiceCode = await bundleService(resolve(file));
    const hash = hashOfCode(code.text);
    const logged = loggedService(name, directory, log);
    const script = new RealmScript(code);
    const codes = {
      first: logged.codes.first,
      scriptOf: (one: string) => (one === hash ? script : logged.codes.scriptOf(one)),
      adopted: () => undefined,
    };
    const silent = { ...logged, codes, say: () => undefined };
    const rehearsal = await rehearseUpgrade(silent, hash);
    checkMethods(upgrade, rehearsal);
    return { hash, code, rehearsal };
  } catch (error) {
    return fail(`${name} is as it was: ${whyNot(error)}`, ExitCode.cannotRun);
  }
}

/** Whoever calls a method that is gone gets an error, so that has to be meant. */
function checkMethods(upgrade: Upgrade, { missing, methods, calls }: UpgradeRehearsal): void {
  const { name, file, dropMethods } = upgrade;
  if (missing.length === 0 || dropMethods === true) return;
  const told = missing.map((method) => {
    const count = calls.get(method) ?? 0;
    return count === 0 ? method : `${method} (which its log has called ${count} times)`;
  });
  fail(
    `${name} is as it was: ${file} has no method ${told.join(", ")}; it has ${methods.join(", ")}. Keep it, or say ` +
      "--drop-methods",
    ExitCode.cannotRun,
  );
}

/** Nobody runs it: whoever starts it next does so as the new one. */
function planFor({ directory }: Upgrade, hash: string): void {
  const hold = takeOwnership(directory);
  try {
    orFail(() => planNext(directory, hash));
  } finally {
    hold.release();
  }
}

/** Asks the service, which may be away for a moment, until it has said what came of it. */
async function switchOver({ name, wait, endOpen = false }: Upgrade, code: string): Promise<void> {
  const waitMs = wait * 1000;
  const untilMs = performance.now() + waitMs + patienceMs;
  for (;;) {
    const answer = await asked(name, { ask: "upgrade", code, waitMs, endsOpen: endOpen });
    if (answer?.ok === true) return;
    const isAway = answer === undefined || answer.message === endedFirst;
    if (!isAway) fail(`${name} is as it was: ${answer.message}${hint(answer)}`, ExitCode.cannotRun);
    if (performance.now() > untilMs) {
      fail(
        `${name} could not be reached for ${(waitMs + patienceMs) / 1000} s: shoal log show ${name} says whether it ` +
          "went on as the new one",
        ExitCode.cannotRun,
      );
    }
    await new Promise((resolveNow) => setTimeout(resolveNow, pollMs));
  }
}

function hint({ message }: { readonly message: string }): string {
  return message.includes("still open")
    ? ", or say --end-open: then their callers get an AbortError"
    : "";
}

/** Undefined if nobody listens. */
async function asked(name: string, request: UpgradeRequest) {
  try {
    return await askControl(placeOf(name), request);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ECONNREFUSED") return undefined;
    throw error;
  }
}
