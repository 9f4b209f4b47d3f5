// Assertions that stay on in production. They sit below everything: any folder may use them.
// A failed assertion means that we are wrong (never the process): the core stops, nobody catches.

/** Our own mistake. Carries the two numbers that were passed to the failing assertion. */
export class AssertionFailure extends Error {
  override readonly name = "AssertionFailure";
}

/**
 * Stops the core unless the condition holds. Pass numbers as arguments and never build the message
 * at the call site: a template literal costs ten times the check.
 */
export function assert(condition: boolean, message: string, a = 0, b = 0): asserts condition {
  if (!condition) fail(message, a, b);
}

/** Says that this place cannot be reached. */
export function unreachable(message: string, a = 0, b = 0): never {
  fail(message, a, b);
}

function fail(message: string, a: number, b: number): never {
  throw new AssertionFailure(`${message} [${a}, ${b}]`);
}
