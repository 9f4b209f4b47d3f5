// Directories that paths have led through, kept open so that the next path that leads through them need not
// open them again. A kept directory is used only after one call of the system has said that its name still
// leads to it, and to no link: so a path leads where it would if everything were opened anew, at that moment.
// An inode number is nobody else's as long as the directory is open.
//
// A directory is kept when a path leads through it for the second time. There is a place for each name by its
// hash, and whoever comes later takes it. What is kept is closed with the directory that it was found in.

/** What a directory is told by: words of a statx. */
const idWords = [8, 9, 34, 35, 36, 37] as const;
const placeCount = 32;
/** Names that differ by a number at their end come to lie apart: multiplied by 2^32 over the golden ratio. */
const goldenRatio = 0x9e37_79b1;
const placeShift = 32 - Math.log2(placeCount);
const none = -1;

interface Place {
  /** The directory in which the name is, and the one that it leads to. */
  under: number;
  fd: number;
  readonly id: Uint32Array;
  name: Uint8Array;
  /** What was looked for here last, and not found. */
  missed: number;
}

export class KnownDirectories {
  readonly #places: readonly Place[] = Array.from({ length: placeCount }, () => ({
    under: none,
    fd: none,
    id: new Uint32Array(idWords.length),
    name: new Uint8Array(0),
    missed: 0,
  }));
  readonly #memory: Uint8Array;
  readonly #statx: Uint32Array;
  readonly #close: (fd: number) => void;
  /** By descriptor: 1 for one that is kept here, and for one in which something is that is kept. */
  readonly #isKept: number[] = [];
  readonly #isBase: number[] = [];
  readonly #dropped: number[] = [];
  #place: Place = this.#places[0]!;
  #hash = 0;

  /** Names stand in `memory`; `statx` is what the library has written last. `close` closes a descriptor. */
  constructor(memory: Uint8Array, statx: Uint32Array, close: (fd: number) => void) {
    this.#memory = memory;
    this.#statx = statx;
    this.#close = close;
  }

  /** What a name led to in a directory when it was last asked; below 0 if that is not known. */
  find(under: number, start: number, end: number): number {
    const memory = this.#memory;
    let hash = under;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + memory[at]!) | 0;
    const place = this.#places[Math.imul(hash, goldenRatio) >>> placeShift]!;
    this.#place = place;
    this.#hash = hash;
    const { name } = place;
    if (place.under !== under || name.length !== end - start) return none;
    for (let i = 0; i < name.length; i++) if (name[i] !== memory[start + i]) return none;
    return place.fd;
  }

  /** Whether the last statx tells of the directory that was just found; if not it is let go of. */
  isSame(): boolean {
    const { id } = this.#place;
    const statx = this.#statx;
    for (let i = 0; i < id.length; i++) {
      if (id[i] === statx[idWords[i]!]) continue;
      this.#drop(this.#place);
      return false;
    }
    return true;
  }

  /** Forgets what was just found. */
  lose(): void {
    this.#drop(this.#place);
  }

  /** Whether what was just looked for and not found has been looked for before, and is worth keeping. */
  isWanted(): boolean {
    const isWanted = this.#place.missed === this.#hash;
    this.#place.missed = this.#hash;
    return isWanted;
  }

  /** Keeps what was just looked for and opened; the last statx tells of it. */
  keep(under: number, start: number, end: number, fd: number): void {
    const place = this.#place;
    this.#drop(place);
    place.under = under;
    place.fd = fd;
    place.name = this.#memory.slice(start, end);
    for (let i = 0; i < place.id.length; i++) place.id[i] = this.#statx[idWords[i]!]!;
    this.#isKept[fd] = 1;
    this.#isBase[under] = 1;
  }

  isKept(fd: number): boolean {
    return this.#isKept[fd] === 1;
  }

  /** A directory is closed: what was found in it is not kept any longer. */
  forget(under: number): void {
    if (this.#isBase[under] !== 1) return;
    this.#isBase[under] = 0;
    for (const place of this.#places) if (place.under === under) this.#drop(place);
  }

  /** Closes what is not kept any longer. The call that is under way may still need it, so this waits for its end. */
  sweep(): void {
    while (this.#dropped.length > 0) {
      const fd = this.#dropped.pop()!;
      this.#isKept[fd] = 0;
      this.forget(fd);
      this.#close(fd);
    }
  }

  #drop(place: Place): void {
    if (place.fd !== none) this.#dropped.push(place.fd);
    place.under = none;
    place.fd = none;
  }
}
