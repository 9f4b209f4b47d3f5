// What a thrown value says: anything can be thrown, and not all of it is an error.

/** The message of an error, or the text of whatever else was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
