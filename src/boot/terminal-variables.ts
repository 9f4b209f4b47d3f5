// The variables that tell programs how big the terminal is, where they were not told otherwise.

/** How big the terminal is when the programs start: there is no other way to ask in WASI. */
export function sizeVariables(size: { columns: number; rows: number } | undefined): string[] {
  return size === undefined ? [] : [`COLUMNS=${size.columns}`, `LINES=${size.rows}`];
}

/** The variables, and those of the others that are not among them. */
export function withDefaults(env: readonly string[], defaults: readonly string[]): string[] {
  const nameOf = (setting: string): string => setting.slice(0, setting.indexOf("="));
  const known = new Set(env.map(nameOf));
  return [...env, ...defaults.filter((one) => !known.has(nameOf(one)))];
}
