// Tells a method that its call is to be given up. As an `AbortSignal` where that exists, and like it in
// realms where it does not.

/** Why a call was given up. */
export class AbortError extends Error {
  override readonly name = "AbortError";
}

export class CallSignal {
  #isAborted = false;
  #reason: unknown;
  #listeners: (() => void)[] = [];

  get aborted(): boolean {
    return this.#isAborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  /** @throws the reason, if the call is to be given up */
  throwIfAborted(): void {
    if (this.#isAborted) throw this.#reason;
  }

  /** Calls back once, at once if it is too late already. Answers how to leave that. */
  onAbort(listener: () => void): () => void {
    if (this.#isAborted) listener();
    else this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
    };
  }

  abort(reason: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#reason = reason ?? new AbortError("the call was given up");
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
