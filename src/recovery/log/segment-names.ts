// How the segments of a log are called: its name, the epoch of the owner, and a number. An owner makes,
// writes and removes only segments named after its own epoch, until the log is its own; so whatever an
// earlier owner does when it wakes up, nothing of a later one changes.

/** A store's names have 100 characters; the epoch and the number take the rest. */
export const logNameLengthMax = 70;
export const epochMax = 2 ** 31 - 1;

export interface SegmentName {
  readonly name: string;
  readonly epoch: number;
  readonly file: number;
}

/** Letters, digits, dot, dash and underscore, not beginning with a dot: what stores accept. */
export function isLogName(name: string): boolean {
  return name.length <= logNameLengthMax && /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name);
}

export function segmentName(log: string, epoch: number, file: number): string {
  return `${log}.${epoch}.${file}`;
}

/** The segments of this log among all names, by falling epoch. */
export function segmentsOf(log: string, names: readonly string[]): SegmentName[] {
  const found = names.flatMap((name) => {
    if (!name.startsWith(`${log}.`)) return [];
    const match = /^(\d+)\.(\d+)$/.exec(name.slice(log.length + 1));
    return match === null ? [] : [{ name, epoch: Number(match[1]), file: Number(match[2]) }];
  });
  return found.toSorted((a, b) => b.epoch - a.epoch || a.file - b.file);
}
