// Sets of locals, 32 to a word. All sets of one body have the same length.

export type LocalSet = Uint32Array<ArrayBuffer>;

/** The empty set of so many locals. */
export function noLocals(localCount: number): LocalSet {
  return new Uint32Array((localCount + 31) >> 5);
}

export function hasLocal(set: LocalSet, local: number): boolean {
  return (set[local >> 5] & (1 << (local & 31))) !== 0;
}

export function addLocal(set: LocalSet, local: number): void {
  set[local >> 5] |= 1 << (local & 31);
}

export function removeLocal(set: LocalSet, local: number): void {
  set[local >> 5] &= ~(1 << (local & 31));
}

/** Whether anything was added. */
export function addLocals(set: LocalSet, added: LocalSet): boolean {
  let hasGrown = false;
  for (let word = 0; word < added.length; word++) {
    const before = set[word];
    set[word] |= added[word];
    if (set[word] !== before) hasGrown = true;
  }
  return hasGrown;
}

/** Its members, ascending. */
export function localsOf(set: LocalSet): number[] {
  const locals: number[] = [];
  for (const [word, bits] of set.entries()) {
    for (let left = bits; left !== 0; left &= left - 1) {
      locals.push(word * 32 + 31 - Math.clz32(left & -left));
    }
  }
  return locals;
}
