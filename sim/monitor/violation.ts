// A promise that was broken in a run. Thrown by the checks, caught by whoever runs worlds.
export class Violation extends Error {
  override readonly name = "Violation";
}

export function demand(isKept: boolean, promise: string): void {
  if (!isKept) throw new Violation(promise);
}
