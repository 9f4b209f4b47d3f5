// Answers that are there at once are promises that are resolved already, and whoever awaits one after the other never
// comes back to its event loop. So there are only so many of them in one turn of that.

const answersMax = 256;

export class TurnCap {
  #answers = 0;

  /** Counts an answer. Whether timers and sockets are to have their turn before it is handed over. */
  isDue(): boolean {
    if (this.#answers === 0) setImmediate(this.#onTurn);
    return ++this.#answers >= answersMax;
  }

  readonly #onTurn = (): void => {
    this.#answers = 0;
  };
}
