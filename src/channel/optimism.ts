// How long to look for a line before giving way. Looking is a bet that the other core is at work and will write soon.
// Where the bet was lost several times in a row it is made only now and then, to notice when things have changed: so a
// core that nobody calls sleeps at once, and one that is called often looks again after a few calls.

/** So many lost bets in a row end it. */
const lostMax = 4;
/** After that, one in so many is made. */
const oneIn = 16;
/** Who wants an answer at once or not at all looks so much longer. */
const urgency = 256;

export class Optimism {
  readonly #looks: number;
  #lost = 0;

  /** @param looks How often to look while bets are won. 0: never, as where threads outnumber processors. */
  constructor(looks: number) {
    this.#looks = looks;
  }

  /** Whether to bet this time. */
  get isBetting(): boolean {
    return this.#lost < lostMax || this.#lost % oneIn === 0;
  }

  /** How often to look this time. */
  get looks(): number {
    return this.isBetting ? this.#looks : 0;
  }

  get urgentLooks(): number {
    return Math.max(this.#looks, 1) * urgency;
  }

  /** What became of the last bet, made or not. */
  tell(isWon: boolean): void {
    this.#lost = isWon ? 0 : this.#lost + 1;
  }
}
