// `shoal top`: the programs of the background system on the whole screen, again and again, until a key ends it.
// On the screen that a terminal has beside its usual one, so that nothing of it stays.
import { askSystem, type ProgramStatus } from "../../system/index.ts";
import { ExitCode } from "../exit-code.ts";
import { fail } from "../message.ts";
import { columnsAt } from "./ps.ts";
import { orFail, placeOrFail } from "./system-access.ts";
import { type Column, tableOf } from "../table.ts";

export interface TopOptions {
  /** Seconds from one look to the next. */
  readonly interval: number;
}

const escape = "\u001B[";
export const enterScreen = `${escape}?1049h${escape}?25l`;
export const leaveScreen = `${escape}?25h${escape}?1049l`;

/** One look at the programs. */
export interface Look {
  readonly atMs: number;
  readonly programs: readonly ProgramStatus[];
}

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export async function top({ interval }: TopOptions): Promise<void> {
  if (!process.stdout.isTTY || !process.stdin.isTTY) {
    fail("top needs a terminal: shoal ps --json is for programs", ExitCode.usage);
  }
  const place = placeOrFail();
  const first = await orFail(() => askSystem(place, { ask: "list" }));
  let last: Look = { atMs: Date.now(), programs: first };
  let before: Look | undefined;
  const draw = (): void => void process.stdout.write(frameOf(last, before, screenSize()));
  const isOver = onEnd();
  process.stdout.write(enterScreen);
  draw();
  process.stdout.on("resize", draw);
  const ticker = setInterval(() => {
    askSystem(place, { ask: "list" }).then(
      (programs) => {
        before = last;
        last = { atMs: Date.now(), programs };
        draw();
      },
      (error: unknown) => isOver.resolve(error instanceof Error ? error.message : "no answer"),
    );
  }, interval * 1000);
  const wrong = await isOver.promise;
  clearInterval(ticker);
  process.stdin.setRawMode(false);
  process.stdout.write(leaveScreen);
  if (wrong === undefined) process.exit(ExitCode.ok);
  fail(wrong, ExitCode.notFound);
}

/** A terminal that does not know its size says 0. */
function screenSize(): ScreenSize {
  const { columns, rows } = process.stdout;
  return { columns: columns || 80, rows: rows || 24 };
}

/** q, ctrl-C, ctrl-D, escape. */
const endKeys = ["q", "Q", "\u0003", "\u0004", "\u001B"];

/** Resolved by a key that ends it, or by a signal; with a text if something went wrong. */
function onEnd(): PromiseWithResolvers<string | undefined> {
  const over = Promise.withResolvers<string | undefined>();
  process.stdin.setRawMode(true);
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (keys: string) => {
    if (endKeys.some((key) => keys.includes(key))) over.resolve(undefined);
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => over.resolve(undefined));
  }
  return over;
}

/**
 * What is written to show a look: each line on a clear one, and the last after all from there on is clear. To clear
 * what follows a line would take its last character, where that is in the last column.
 */
export function frameOf(look: Look, before: Look | undefined, size: ScreenSize): string {
  const { programs } = look;
  const running = programs.filter(({ pid }) => pid !== null).length;
  const title = `shoal: ${running} of ${programs.length} programs running  (q ends)`;
  const lines = [title, "", ...tableWithin(size.columns, look, before)];
  const shown = lines.slice(0, Math.max(1, size.rows)).map((line) => line.slice(0, size.columns));
  // The last line has no newline, which would scroll a full screen.
  const cleared = shown.map((line, i) => `${escape}${i === shown.length - 1 ? "J" : "2K"}${line}`);
  return `${escape}H${cleared.join("\r\n")}`;
}

/** Names are cut before anything else is beyond the edge. */
function tableWithin(columns: number, look: Look, before: Look | undefined): string[] {
  const rows = byUse(look, before);
  const all = topColumns(look, before);
  const lines = tableOf(all, rows);
  const overflow = Math.max(...lines.map(({ length }) => length)) - columns;
  const widest = Math.max(...rows.map(({ name }) => name.length), nameMin);
  if (overflow <= 0 || widest === nameMin) return lines;
  const width = Math.max(nameMin, widest - overflow);
  const [name, ...rest] = all;
  const cut = (text: string): string =>
    text.length <= width ? text : `${text.slice(0, width - 1)}\u2026`;
  return tableOf([{ ...name!, text: (row) => cut(row.name) }, ...rest], rows);
}

/** As long as a name is shown in any case. */
const nameMin = 12;

/** What changes while one looks on; what does not is in `shoal ps`. */
const leftOut = ["LEVEL", "GROUP", "EPOCH"];

function topColumns(look: Look, before: Look | undefined): Column<ProgramStatus>[] {
  const [name, pid, state, ...rest] = columnsAt(look.atMs);
  const share: Column<ProgramStatus> = {
    title: "CPU%",
    text: (program) => shareOf(program, look, before)?.toFixed(1) ?? "-",
    isNumber: true,
  };
  return [name!, pid!, state!, share, ...rest.filter(({ title }) => !leftOut.includes(title))];
}

/** Those that used most of the processors since the look before, first. */
function byUse(look: Look, before: Look | undefined): ProgramStatus[] {
  const use = (program: ProgramStatus): number => shareOf(program, look, before) ?? -1;
  return look.programs.toSorted((a, b) => use(b) - use(a));
}

/** Percent of one processor between two looks; undefined for a process that was not there before. */
function shareOf(
  program: ProgramStatus,
  { atMs }: Look,
  before: Look | undefined,
): number | undefined {
  const then = before?.programs.find(({ name }) => name === program.name);
  if (before === undefined || then?.pid !== program.pid) return undefined;
  if (program.cpuSeconds === null || then.cpuSeconds === null) return undefined;
  return ((program.cpuSeconds - then.cpuSeconds) * 100_000) / (atMs - before.atMs);
}
