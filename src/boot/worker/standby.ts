// The core that stands by: started when there is one that serves, started again when it dies, and taken
// when the other is lost. One that cannot be brought to stand by is not tried for ever.
import type { CoreEnd, CoreThread } from "./core-thread.ts";

export interface StandbyOptions {
  readonly start: () => CoreThread;
  /** There will be none: so many in a row have died before they were ready. */
  readonly onGivenUp: (end: CoreEnd) => void;
}

/** Cores in a row that died before they stood by. */
const failuresMax = 3;

export class Standby {
  readonly #options: StandbyOptions;
  #core: CoreThread | undefined;
  #failures = 0;
  #isClosed = false;

  constructor(options: StandbyOptions) {
    this.#options = options;
  }

  /** The one that stands by or is about to. */
  get core(): CoreThread | undefined {
    return this.#core;
  }

  /** Starts one, if there is none. */
  fill(): void {
    if (this.#core !== undefined || this.#isClosed || this.#failures >= failuresMax) return;
    const core = this.#options.start();
    this.#core = core;
    let isReady = false;
    void core.ready.then(() => {
      isReady = true;
      this.#failures = 0;
    });
    void core.ended.then((end) => {
      if (this.#core === core) this.#lost(end, isReady);
    });
  }

  /** Takes it, to be given its turn: it is another's to look after now. */
  take(): CoreThread | undefined {
    const core = this.#core;
    this.#core = undefined;
    return core;
  }

  close(): void {
    this.#isClosed = true;
    this.take()?.stop("nobody needs it");
  }

  #lost(end: CoreEnd, wasReady: boolean): void {
    this.#core = undefined;
    if (!wasReady) this.#failures++;
    if (this.#failures >= failuresMax) this.#options.onGivenUp(end);
    else this.fill();
  }
}
