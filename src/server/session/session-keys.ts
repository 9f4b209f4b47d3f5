// By what a gateway knows a session again that it, or a gateway of an earlier life of its cell, has given
// out: a secret signs each session's number and badge, so nothing has to be kept per session. Badges are
// given once in the life of a directory: blocks of them are set aside in a file before any is used.

/** Loaded when it is first needed: most runs serve nobody. */
const crypto = () => process.getBuiltinModule("node:crypto");

const secretBytes = 32;
const tokenWords = 4;
const badgesPerBlock = 1024;

/** Where secret and badges outlive the cell. */
export interface KeyStore {
  /** What was written last, if anything was. */
  read(): KeyRecord | undefined;
  /** Durable when it returns. */
  write(record: KeyRecord): void;
}

export interface KeyRecord {
  readonly secret: Uint8Array;
  /** Badges below this have been set aside. */
  readonly nextBadge: number;
}

export class SessionKeys {
  readonly #secret: Uint8Array;
  readonly #store: KeyStore | undefined;
  #nextBadge: number;
  #blockEnd: number;

  /** Without a store, sessions end with this process. */
  constructor(store?: KeyStore) {
    const known = store?.read();
    this.#store = store;
    this.#secret = known?.secret ?? crypto().randomBytes(secretBytes);
    this.#nextBadge = known?.nextBadge ?? 1;
    this.#blockEnd = this.#nextBadge;
  }

  /** A badge that no session had before. Throws a RangeError after two thousand million. */
  newBadge(): number {
    if (this.#nextBadge === this.#blockEnd) this.#setAside();
    return this.#nextBadge++;
  }

  /** Four words that only who knows the secret can make for this session and badge. */
  token(session: number, badge: number): Int32Array {
    const digest = crypto()
      .createHmac("sha256", this.#secret)
      .update(`${session}:${badge}`)
      .digest();
    return Int32Array.from({ length: tokenWords }, (_, i) => digest.readInt32LE(i * 4));
  }

  isToken(session: number, badge: number, words: Int32Array): boolean {
    return crypto().timingSafeEqual(this.token(session, badge), words.slice(0, tokenWords));
  }

  #setAside(): void {
    if (this.#blockEnd + badgesPerBlock > 0x7fff_ffff) {
      throw new RangeError(
        "all badges of this data directory were given out: start with a new one",
      );
    }
    this.#blockEnd += badgesPerBlock;
    this.#store?.write({ secret: this.#secret, nextBadge: this.#blockEnd });
  }
}
