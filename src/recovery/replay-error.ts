// A process that cannot be recovered from its log. It is ended with this reason; its log stays as it is.

export class ReplayError extends Error {
  override readonly name = "ReplayError";
}
