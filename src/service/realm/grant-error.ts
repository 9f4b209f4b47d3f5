// What a service finds out when it asks for a server that nobody gave it.
/** A service asked for what it was not granted. */
export class GrantError extends Error {
  override readonly name = "GrantError";

  constructor(name: string, granted: readonly string[]) {
    const had =
      granted.length === 0 ? "it was granted nothing" : `it was granted ${granted.join(", ")}`;
    super(`the service was not granted "${name}"; ${had}. Whoever starts it can, by that name`);
  }
}
