// Notes that several clients write and read: methods over a state that is plain data. Run it with
// `shoal run --durable --name notes notes.ts`, or start it from a program of yours (`use-notes.ts`).
import { service } from "shoal";

export interface Note {
  readonly id: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export class NoSuchNoteError extends Error {
  override readonly name = "NoSuchNoteError";
  readonly id: string;

  constructor(id: string) {
    super(`there is no note ${id}`);
    this.id = id;
  }
}

export default service({
  state: () => ({ notes: [] as Note[] }),
  methods: {
    /** Keeps a note. Answers its id. */
    add(context, text: string): string {
      const note = { id: crypto.randomUUID(), text, at: context.now() };
      context.state.notes.push(note);
      return note.id;
    },

    /** @throws NoSuchNoteError */
    read(context, id: string): Note {
      const note = context.state.notes.find((one) => one.id === id);
      if (note === undefined) throw new NoSuchNoteError(id);
      return note;
    },

    /** Notes that hold a text, the newest first, one by one. */
    *search(context, text: string) {
      for (const note of context.state.notes.toReversed()) {
        if (note.text.includes(text)) yield note;
      }
    },

    /** Keeps a note after a while. */
    async remind(context, text: string, afterMs: number): Promise<string> {
      await context.sleep(afterMs);
      context.signal.throwIfAborted();
      const note = { id: crypto.randomUUID(), text, at: context.now() };
      context.state.notes.push(note);
      return note.id;
    },
  },
});
