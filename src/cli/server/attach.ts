// `shoal attach NAME [-- COMMAND]`: a session with a tool server, on standard input and output. It is what
// a client is configured with instead of the server itself; the death of the server, of whoever holds it,
// and of the connection between are not noticed here.
import { codeOfSignal } from "../../supervisor/index.ts";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  AttachClient,
  type CommandManner,
  dataDirectoryOf,
  LineSplitter,
  ownerOf,
  placeOf,
  PlaceError,
  type Protocol,
  readCommand,
  type StateMode,
} from "../../boot/index.ts";
import { ownEnvironment, refuseUnsound } from "../durable/command.ts";
import type { DurableLevel } from "../durable/durable.ts";
import { ExitCode } from "../exit-code.ts";
import { HolderStarter } from "./holder-starter.ts";
import { errorCode, fail, say } from "../message.ts";
import { isLaidDown, isOfSystem, reviver } from "../run/revive.ts";

export interface AttachOptions {
  readonly timeout: number;
  readonly state: StateMode;
  readonly protocol: Protocol;
  readonly durable: Exclude<DurableLevel, "memory">;
  readonly data?: string | undefined;
}

const lostCode = 1;
export function attach(name: string, words: readonly string[], options: AttachOptions): void {
  refuseUnsound(options);
  const place = placeOrFail(name);
  const data = resolve(options.data ?? dataDirectoryOf(name));
  const [first, ...rest] = words;
  if (first !== undefined && first !== "--") {
    fail(`what starts the server comes after --: shoal attach ${name} -- ${first}`, ExitCode.usage);
  }
  const manner = rest.length > 0 ? commandOf(rest, options) : undefined;
  if (existsSync(join(data, "program.json"))) {
    fail(`${name} is a WebAssembly program: give the tool server another name`, ExitCode.usage);
  }
  const isHeld = (): boolean => ownerOf(place.directory) !== undefined;
  const starter = new HolderStarter({ name, data, level: options.durable, isHeld });
  const command = manner ?? readCommand(data);
  if (command === undefined && !isHeld()) {
    fail(
      `there is no tool server named ${name}: say how it is started, shoal attach ${name} -- COMMAND`,
      ExitCode.notFound,
    );
  }
  const revive = reviver(name);
  // A program of the background system comes back with that, and has no holder but it.
  const reviveOrWhyNot = (): string | undefined => {
    if (isLaidDown())
      return "the background system was ended with shoal down: shoal up starts both";
    revive();
    return undefined;
  };
  const input = process.stdin;
  const isRaw = options.protocol === "bytes";
  const write = isRaw
    ? (line: string, done: () => void) => process.stdout.write(line, "base64", done)
    : (line: string, done: () => void) => process.stdout.write(`${line}\n`, done);
  const client: AttachClient = new AttachClient({
    place,
    manner,
    protocol: options.protocol,
    timeoutMs: options.timeout * 1000,
    onLine: (line, done) => write(line, done),
    onOver: (code, reason) => leave(code, reason === "" ? undefined : `${name}: ${reason}`),
    onFailure: (reason) => leave(lostCode, `${name}: ${starter.whyNot ?? reason}`),
    onNobody: () => {
      if (isHeld()) return undefined;
      if (isOfSystem(name)) return reviveOrWhyNot();
      if (command !== undefined) starter.start(command);
      return starter.whyNot;
    },
    onFull: (isFull) => (isFull ? input.pause() : input.resume()),
  });
  if (isRaw) passBytesOn(input, client);
  else passOn(input, client);
  endOnSignals(client);
  // Its client is gone: nobody is left to be told of anything.
  process.stdout.on("error", (error) => {
    client.close();
    leave(errorCode(error) === "EPIPE" ? ExitCode.ok : lostCode, undefined, lastWordsMs);
  });
}

function passBytesOn(input: NodeJS.ReadStream, client: AttachClient): void {
  input.on("data", (chunk: Buffer) => client.send(chunk.toString("base64")));
  input.on("end", () => client.end());
}

function passOn(input: NodeJS.ReadStream, client: AttachClient): void {
  const splitter = new LineSplitter();
  input.on("data", (chunk: Buffer) => {
    try {
      for (const line of splitter.add(chunk)) client.send(line);
    } catch (error) {
      client.close();
      leave(ExitCode.usage, `standard input: ${error instanceof Error ? error.message : "broken"}`);
    }
  });
  input.on("end", () => {
    const rest = splitter.rest();
    if (rest !== "") client.send(rest);
    client.end();
  });
}

function endOnSignals(client: AttachClient): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      client.close();
      leave(codeOfSignal(signal), undefined, leaveMs);
    });
  }
}

/** When what was written has been taken, and the last words have gone out; at once if it takes too long. */
function leave(code: number, text?: string, limitMs?: number): void {
  if (text !== undefined) say(text);
  process.exitCode = code;
  const exit = (): never => process.exit(code);
  if (limitMs !== undefined) setTimeout(exit, limitMs);
  process.stdin.destroy();
  process.stdout.write("", () => setTimeout(exit, lastWordsMs));
}

const leaveMs = 1000;
const lastWordsMs = 10;

function commandOf(
  [file = "", ...args]: readonly string[],
  { state, protocol }: AttachOptions,
): CommandManner {
  return { file, args, directory: process.cwd(), env: ownEnvironment(), state, protocol };
}

function placeOrFail(name: string): ReturnType<typeof placeOf> {
  try {
    return placeOf(name);
  } catch (error) {
    if (!(error instanceof PlaceError)) throw error;
    return fail(error.message, ExitCode.usage);
  }
}
