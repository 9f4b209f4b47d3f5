// A session with a child of which nothing is known but that it does the same when it is told the same: a
// new one is given all the input again, and what it says is compared with what was said, to the byte.
// The first difference ends the session: nobody could know what is true.
import type { HostSink, NumberedLine, SessionMachine } from "./session-machine.ts";
import type { HostRecord } from "./session-state.ts";

/** Characters, each a byte, of input and output together: what is said again has to be kept. */
const keptMax = 48 * 1024 * 1024;

export class ByteSession implements SessionMachine {
  readonly #sink: HostSink;
  #input: string[] = [];
  #output: string[] = [];
  #keptBytes = 0;
  #heard = 0;
  #lastOut = 0;
  #acknowledged = 0;
  #hasEnded = false;
  #broken: string | undefined;
  /** Of the child that lives: where in the output it is, by run and by byte, if it is not beyond. */
  #at: { run: number; byte: number } | undefined;
  #isLive = false;

  constructor(records: Iterable<HostRecord>, sink: HostSink) {
    this.#sink = sink;
    for (const record of records) this.#apply(record);
  }

  get heard(): number {
    return this.#heard;
  }

  get unsent(): readonly NumberedLine[] {
    const from = this.#acknowledged;
    return this.#output.slice(from).map((line, i) => ({ number: from + i + 1, line }));
  }

  get openCount(): number {
    return 0;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get needsChild(): boolean {
    return true;
  }

  get broken(): string | undefined {
    return this.#broken;
  }

  /** All of it is needed. */
  snapshot(): undefined {
    return undefined;
  }

  fromClient(number: number, line: string): boolean {
    if (number <= this.#heard) return true;
    if (number !== this.#heard + 1) return false;
    this.#commit({ kind: "in", number, line });
    if (this.#isLive) this.#sink.toChild(line);
    return true;
  }

  clientEnded(): void {
    if (this.#hasEnded) return;
    this.#commit({ kind: "end" });
    if (this.#isLive) this.#sink.closeChild();
  }

  acknowledged(number: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, number);
  }

  childStarted(): void {
    this.#commit({ kind: "life" });
    this.#isLive = true;
    this.#at = this.#output.length === 0 ? undefined : { run: 0, byte: 0 };
    for (const line of this.#input) this.#sink.toChild(line);
    if (this.#hasEnded) this.#sink.closeChild();
  }

  fromChild(line: string): void {
    if (!this.#isLive || this.#broken !== undefined) return;
    const news = this.#beyond(line);
    if (news === undefined || news === "") return;
    const number = this.#lastOut + 1;
    this.#commit({ kind: "out", number, line: news });
    this.#sink.toClient(number, news);
  }

  childDied(): number {
    this.#isLive = false;
    if (this.#keptBytes > keptMax) {
      this.#broken = `more than ${keptMax / 1024 / 1024} MiB were said, which is more than is kept to be said again`;
    }
    return 0;
  }

  giveUp(reason: string): void {
    this.#broken ??= reason;
  }

  /** What of this was not said before; undefined if it is something else than what was. */
  #beyond(line: string): string | undefined {
    let rest = line;
    while (this.#at !== undefined && rest !== "") {
      const run = this.#output[this.#at.run]!;
      const expected = run.slice(this.#at.byte, this.#at.byte + rest.length);
      if (!rest.startsWith(expected)) return this.#differ(rest, expected);
      rest = rest.slice(expected.length);
      this.#advance(expected.length, run.length);
    }
    return rest;
  }

  #advance(count: number, runLength: number): void {
    const at = this.#at!;
    at.byte += count;
    if (at.byte < runLength) return;
    this.#at = at.run + 1 < this.#output.length ? { run: at.run + 1, byte: 0 } : undefined;
  }

  #differ(rest: string, expected: string): undefined {
    const { run, byte } = this.#at!;
    const before = this.#output.slice(0, run).reduce((sum, one) => sum + one.length, byte);
    let same = 0;
    while (rest[same] === expected[same]) same++;
    this.#broken =
      `it does not say the same when it is told the same: byte ${before + same} of its output is ` +
      "another. Such a command cannot be run with --protocol bytes";
    return undefined;
  }

  #commit(record: HostRecord): void {
    this.#sink.record(record);
    this.#apply(record);
  }

  #apply(record: HostRecord): void {
    if (record.kind === "in") {
      this.#heard = record.number;
      this.#keep(this.#input, record.line);
    } else if (record.kind === "out") {
      this.#lastOut = record.number;
      this.#keep(this.#output, record.line);
    } else if (record.kind === "end") this.#hasEnded = true;
  }

  #keep(lines: string[], line: string): void {
    this.#keptBytes += line.length;
    lines.push(line);
  }
}
