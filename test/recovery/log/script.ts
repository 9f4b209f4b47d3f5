// A small life of a log, told step by step: records of every length, cuts, segments begun and used
// again. It notes what the log answered, so that whoever ends it in the middle knows what was promised.
import { LogStatus, type MessageLog } from "../../../src/recovery/log/index.ts";
import { recordOf } from "./records.ts";

export interface Cut {
  readonly first: number;
  readonly image: string | undefined;
}

export class Script {
  readonly log: MessageLog;
  readonly #salt: number;
  /** Records that were answered `ok`. */
  added: number;
  /** The last cut that was answered `ok`, and the one that is being made. */
  cut: Cut;
  nextCut: Cut;
  /** What became stable, as the log told it. */
  stableEnd: number;

  constructor(log: MessageLog, salt = 0) {
    this.log = log;
    this.#salt = salt;
    this.added = log.end;
    this.stableEnd = log.stableEnd;
    this.cut = { first: log.first, image: log.image };
    this.nextCut = this.cut;
  }

  /** Adds `count` records and cuts after every ninth, two records back. */
  run(count: number, between: () => void = () => undefined): LogStatus {
    for (let turn = 0; turn < count; turn++) {
      const status = this.#turn();
      if (status !== LogStatus.ok) return status;
      between();
    }
    return LogStatus.ok;
  }

  #turn(): LogStatus {
    const words = recordOf(this.log.end, this.#salt);
    let status = this.log.append(words, words.length);
    if (status !== LogStatus.ok) return status;
    const end = ++this.added;
    this.log.whenStable(end, (stable) => {
      if (stable === LogStatus.ok) this.stableEnd = Math.max(this.stableEnd, end);
    });
    if (end % 9 !== 0 || end - 2 < this.log.first) return LogStatus.ok;
    this.nextCut = { first: end - 2, image: `image-${end}` };
    status = this.log.cut(end - 2, `image-${end}`);
    if (status === LogStatus.ok) this.cut = this.nextCut;
    return status;
  }
}
