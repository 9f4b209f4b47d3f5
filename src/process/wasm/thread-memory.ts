// The memory that a program imports instead of having its own: it is made once, for the first of its
// threads, and the others share it.
import { LinkError } from "./link.ts";
import { hasFuel, type MemoryFact, type ModuleFacts } from "./prepare/index.ts";

const pageBytes = 65_536;

/** The one memory that a program imports, if any. More than one, or one of 64 bits, is refused. */
export function importedMemory({ memories }: ModuleFacts): MemoryFact | undefined {
  const imported = memories.filter(({ importedAs }) => importedAs !== undefined);
  if (imported.length === 0) return undefined;
  if (imported.length > 1 || imported[0]!.is64) {
    throw new LinkError("a program may import one memory, of 32-bit addresses, and no more");
  }
  return imported[0];
}

/** Pages that such a memory may grow to under a limit in bytes, if there is one; perhaps Infinity. */
export function maximumPages({ maxPages }: MemoryFact, maxBytes: number | undefined): number {
  const limitPages = maxBytes === undefined ? Infinity : Math.floor(maxBytes / pageBytes);
  return Math.min(maxPages ?? Infinity, limitPages);
}

/** Makes the memory, no larger than the limit, which the engine enforces from then on. */
export function makeMemory(fact: MemoryFact, maxBytes: number | undefined): WebAssembly.Memory {
  const { minPages, isShared } = fact;
  const maximum = maximumPages(fact, maxBytes);
  if (maximum < minPages) {
    const needed = minPages * pageBytes;
    throw new LinkError(`it needs ${needed} bytes of memory to start; raise --memory-max to that`);
  }
  try {
    const descriptor = { initial: minPages, shared: isShared };
    return new WebAssembly.Memory(maximum === Infinity ? descriptor : { ...descriptor, maximum });
  } catch (cause) {
    const wanted = `${minPages} to ${maximum} pages`;
    throw new LinkError(`the engine has no room for its memory of ${wanted}`, { cause });
  }
}

/** Threads of one memory wait for each other, and only a prepared program waits in the kernel. */
export function refuseSharedMemory(facts: ModuleFacts): void {
  if (!facts.memories.some(({ isShared }) => isShared) || hasFuel(facts)) return;
  throw new LinkError(
    "the program has shared memory, and unprepared it could stop every process of this core by " +
      "waiting. Prepare it with fuel, so that its waits become kernel calls.",
  );
}
