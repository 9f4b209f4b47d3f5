// Loads what the host warns of, such as a part of it that is experimental: the warning is not the program's to
// print.

/** What warns: `process` on Node. */
export interface Warner {
  emitWarning: unknown;
}

/** What `load` answers, with nothing said about it; undefined where it throws, as Node does when told to do without. */
export function quietly<T>(warner: Warner, load: () => T): T | undefined {
  const { emitWarning } = warner;
  warner.emitWarning = () => undefined;
  try {
    return load();
  } catch {
    return undefined;
  } finally {
    warner.emitWarning = emitWarning;
  }
}
