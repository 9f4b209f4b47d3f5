// `shoal freeze`: the session of a name is written to an image, and ends unless it is told to go on.
import { resolve } from "node:path";
import {
  askControl,
  type ControlAnswer,
  controlPathOf,
  PlaceError,
  placeOf,
} from "../../boot/index.ts";
import { ExitCode } from "../exit-code.ts";
import { errorCode, fail, say } from "../message.ts";
import { endService, isDurableService } from "./service-images.ts";

export interface FreezeCommandOptions {
  readonly output: string;
  readonly keepRunning?: boolean | undefined;
}

export async function freeze(name: string, options: FreezeCommandOptions): Promise<void> {
  const isLast = options.keepRunning !== true;
  const isService = isDurableService(name);
  const { bytes } = await image(name, resolve(options.output), isLast);
  if (isService && isLast) await endService(name);
  const size = isService ? `${bytes} bytes` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  say(`${name} is frozen to ${options.output} (${size})${isLast ? "" : ", and goes on"}`);
}

/** Has a session write an image; ends the command with the reason if it cannot. */
export async function image(
  name: string,
  file: string,
  isLast: boolean,
): Promise<Extract<ControlAnswer, { ok: true }>> {
  const answer = await ask(name, file, isLast);
  if (answer.ok) return answer;
  return fail(`${name} cannot be frozen: ${answer.message}`, ExitCode.cannotRun);
}

async function ask(name: string, file: string, isLast: boolean): Promise<ControlAnswer> {
  const place = placed(name);
  try {
    return await askControl(place, { ask: "freeze", file, isLast });
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOENT" && code !== "ECONNREFUSED") throw error;
    return fail(
      `nothing named ${name} can be frozen (${controlPathOf(place)}): start it with ` +
        `shoal run --level checkpoint --name ${name} PROGRAM.wasm, or shoal run --durable --name ${name} SERVICE.ts`,
      ExitCode.notFound,
    );
  }
}

function placed(name: string): ReturnType<typeof placeOf> {
  try {
    return placeOf(name);
  } catch (error) {
    if (!(error instanceof PlaceError)) throw error;
    return fail(error.message, ExitCode.usage);
  }
}
