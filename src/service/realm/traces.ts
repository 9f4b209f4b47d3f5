// Traces of errors, as far as they are the service's own. Frames of the realm and of its host would say where
// Shoal lies, and how a message came: live by another way than in a replay, so that an error which is answered or
// kept would not be the same twice.

interface Frame {
  getFileName(): string | null;
  toString(): string;
}

/** To be called before primordials are frozen. `file`: what frames of the service are of. */
export function setTraces(file: string): void {
  Object.defineProperty(Error, "prepareStackTrace", {
    value: (error: unknown, frames: readonly Frame[]) => traceOf(error, frames, file),
  });
}

function traceOf(error: unknown, frames: readonly Frame[], file: string): string {
  const own = frames.filter((frame) => frame.getFileName() === file);
  return [headOf(error), ...own.map((frame) => `    at ${frame.toString()}`)].join("\n");
}

function headOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    // Its name or message cannot be made a text.
    return "Error";
  }
}
