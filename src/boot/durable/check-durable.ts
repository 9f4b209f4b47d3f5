// Which programs can be durable: those that are deterministic between two calls, and hear nothing beside them.
import { LinkError, type ModuleFacts } from "../../process/index.ts";
import { processModule } from "../../wasi/index.ts";

/** What cannot be recovered from a log is refused by name before it runs. */
export function checkDurable({ imports, exports, memories }: ModuleFacts): void {
  if (imports.some(({ module, name }) => module === "wasi" && name === "thread-spawn")) {
    throw new LinkError(
      "a program with threads cannot be durable: what its threads see of each other's memory is in no " +
        "log. Run it without --durable, or build it without threads.",
    );
  }
  if (memories.some(({ isShared }) => isShared)) {
    throw new LinkError(
      "a program with shared memory cannot be durable: build it without threads.",
    );
  }
  if (exports.some(({ name }) => name === "shoal_portal")) {
    throw new LinkError(
      "a program that serves portals cannot be durable: its calls arrive beside its log. Let it receive " +
        "its messages (shoal_receive, shoal_reply_and_receive).",
    );
  }
  if (imports.some(({ module, name }) => module === processModule && name !== "self")) {
    throw new LinkError(
      "a program that starts others cannot be durable: they would be gone with its cell, as would pipes that it " +
        "makes. Join programs with ::, which makes all of them durable, or run it without --durable.",
    );
  }
}
