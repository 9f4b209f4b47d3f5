// The cell that stands by: a process that has loaded all that it needs and owns nothing, until it is told
// which start of the server it is. One that dies is replaced, but not for ever.
import type { Cell } from "./cell.ts";

export interface StandbyCellOptions {
  readonly start: () => Cell;
  /** There will be none: so many in a row have died. */
  readonly onGivenUp: () => void;
}

/** Cells in a row that died while they stood by. */
const deathsMax = 3;

export class StandbyCell {
  readonly #options: StandbyCellOptions;
  #cell: Cell | undefined;
  #deaths = 0;
  #isClosed = false;

  constructor(options: StandbyCellOptions) {
    this.#options = options;
  }

  /** Starts one, if there is none. */
  fill(): void {
    if (this.#cell !== undefined || this.#isClosed || this.#deaths >= deathsMax) return;
    const cell = this.#options.start();
    this.#cell = cell;
    void cell.ended.then(() => {
      if (this.#cell === cell) this.#lost();
    });
  }

  /** Takes it, for a start: it is another's to look after now. */
  take(): Cell | undefined {
    const cell = this.#cell;
    this.#cell = undefined;
    if (cell !== undefined) this.#deaths = 0;
    return cell;
  }

  /** Ends the one there is: what it has loaded holds no more. */
  drop(): void {
    this.take()?.signal("SIGKILL");
  }

  close(): void {
    this.#isClosed = true;
    this.drop();
  }

  #lost(): void {
    this.#cell = undefined;
    if (++this.#deaths >= deathsMax) this.#options.onGivenUp();
    else this.fill();
  }
}
