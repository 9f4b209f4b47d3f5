// What a reader of messages says of bytes that it cannot read.

/** What came is no message: its sender does not speak this protocol, or another version of it. */
export class FormatError extends Error {
  override readonly name = "FormatError";
}
