// A program that starts a service in its own process and calls it. The types of its methods come from the
// service's module; nothing is generated.
import { boot, withOptions } from "shoal";
import { NoSuchNoteError } from "./notes.ts";
import type * as notesModule from "./notes.ts";

/** What it prints. */
export async function useNotes(print: (line: string) => void): Promise<void> {
  await using system = await boot();
  const notes = await system.spawn<typeof notesModule>(new URL("./notes.ts", import.meta.url), {
    errors: [NoSuchNoteError],
  });

  const id = await notes.add("buy milk");
  await notes.add("feed the fish");
  print((await notes.read(id)).text);

  for await (const note of notes.search("fish")) print(note.text);

  try {
    await notes.read("x");
  } catch (error) {
    if (error instanceof NoSuchNoteError) print(`${error.name}: ${error.id}`);
  }

  const patient = withOptions(notes, { deadlineMs: 20 });
  await patient.remind("too late", 60_000).catch((error: Error) => print(error.message));
}

if (import.meta.main) await useNotes((line) => console.log(line));
