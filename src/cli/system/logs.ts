// `shoal logs`: what a program of the background system wrote, each stream to the same stream here. It is read
// from where the system keeps it, so it needs none that is up.
import { existsSync } from "node:fs";
import {
  lastLines,
  OutputFollower,
  type OutputRecord,
  programDirectoryOf,
  readEntry,
  readOutput,
} from "../../system/index.ts";
import { ExitCode } from "../exit-code.ts";
import { errorCode, fail } from "../message.ts";
import { type JsonOption, orFail, placeOrFail } from "./system-access.ts";

export interface LogsOptions extends JsonOption {
  readonly follow?: boolean | undefined;
  readonly lines?: number | undefined;
  readonly timestamps?: boolean | undefined;
}

export async function logs(name: string, options: LogsOptions): Promise<void> {
  const place = placeOrFail();
  const directory = programDirectoryOf(place, name);
  if ((await orFail(() => readEntry(place, name))) === undefined || !existsSync(directory)) {
    fail(`there is no program named ${name}: shoal ps lists those there are`, ExitCode.notFound);
  }
  // Whoever reads may have seen enough.
  process.stdout.on("error", (error) => process.exit(errorCode(error) === "EPIPE" ? 0 : 1));
  if (options.follow === true) return follow(directory, options);
  const records = readOutput(directory);
  print(options.lines === undefined ? records : lastLines(records, options.lines), options);
}

/** Goes on until the program is over and not started again, or this command is interrupted. */
function follow(directory: string, options: LogsOptions): void {
  let skipped: OutputRecord[] | undefined = [];
  const follower = new OutputFollower(directory, (records) => {
    if (skipped !== undefined) skipped.push(...records);
    else show(records);
  });
  const show = (records: readonly OutputRecord[]): void => {
    print(records, options);
    if (records.at(-1)?.stream === "end") follower.close();
  };
  const there = skipped;
  skipped = undefined;
  show(options.lines === undefined ? there : lastLines(there, options.lines));
}

function print(records: readonly OutputRecord[], options: LogsOptions): void {
  for (const record of records) {
    if (options.json === true) printAsJson(record);
    else printAsText(record, options.timestamps === true);
  }
}

function printAsJson({ time, stream, isWhole, bytes }: OutputRecord): void {
  const text = Buffer.from(bytes).toString();
  process.stdout.write(`${JSON.stringify({ time, stream, text, isWhole })}\n`);
}

function printAsText({ time, stream, isWhole, bytes }: OutputRecord, isTimed: boolean): void {
  const isOwn = stream === "sys" || stream === "end";
  const to = stream === "out" ? process.stdout : process.stderr;
  const front = `${isTimed ? `${time} ` : ""}${isOwn ? "shoal: " : ""}`;
  to.write(Buffer.concat([Buffer.from(front), bytes, Buffer.from(isWhole ? "\n" : "")]));
}
