// What a cell tells its supervisor: lines of text through a pipe. Some it says itself; how it is getting
// on is said by a thread beside it, from words that both share, so that it is said while the cell's core
// is kept by a program, too.

/** Words shared by a cell's core and the thread that reports. */
export const Progress = {
  /** Changes of hands of the core. */
  beat: 0,
  /** Turns of the core's event loop. */
  turns: 1,
  /** How often the core had nothing to do. */
  idles: 2,
  /** Requests that are open now. */
  open: 3,
  /** Requests answered since the start. */
  answered: 4,
  /** Turns of the event loop of the thread that keeps what outlives the core. */
  keeperTurns: 5,
  /** Records added since the start to logs that outlive the cell. */
  heard: 6,
} as const;

export const progressWords = 7;

/** Milliseconds from one report to the next. */
export const reportMs = 250;

/** The descriptor of the pipe in the cell. */
export const reportFd = 3;

export type Report =
  | { readonly kind: "open" }
  | { readonly kind: "progress"; readonly words: readonly number[] }
  | { readonly kind: "end"; readonly code: number; readonly isFault: boolean };

export function formatReport(report: Report): string {
  switch (report.kind) {
    case "open":
      return "open\n";
    case "progress":
      return `progress ${report.words.join(" ")}\n`;
    case "end":
      return `end ${report.code} ${report.isFault ? "fault" : "exit"}\n`;
  }
}

/** A line without its end; undefined for what is no report. */
export function parseReport(line: string): Report | undefined {
  const [kind, ...rest] = line.split(" ");
  if (kind === "open") return { kind };
  if (kind === "end") {
    const [code, how] = rest;
    const number = Number(code);
    if (!Number.isInteger(number) || (how !== "fault" && how !== "exit")) return undefined;
    return { kind, code: number, isFault: how === "fault" };
  }
  const words = rest.map(Number);
  const isWhole = words.length === progressWords && words.every(Number.isInteger);
  return kind === "progress" && isWhole ? { kind, words } : undefined;
}
