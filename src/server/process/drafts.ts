// Processes that are being made: what has come of each one's module, and who is to be told once it runs.
import { joinBytes } from "../../base/index.ts";
import { Errno } from "../../userlib/index.ts";

export interface Draft {
  readonly parts: Uint8Array[];
  bytes: number;
  /** What the answer to whoever starts it is owed through; 0 before that. */
  ticket: number;
}

/** One module, and all that are being sent. */
const moduleBytesMax = 64 * 1024 * 1024;
const allBytesMax = 256 * 1024 * 1024;

export class Drafts {
  readonly #drafts = new Map<number, Draft>();

  add(pid: number): void {
    this.#drafts.set(pid, { parts: [], bytes: 0, ticket: 0 });
  }

  get(pid: number): Draft | undefined {
    return this.#drafts.get(pid);
  }

  /** How many of them are complete, and being made into processes. */
  get launching(): number {
    return [...this.#drafts.values()].filter(({ ticket }) => ticket !== 0).length;
  }

  /** Those that are not, with what has come of their modules. */
  exportState(): { readonly pid: number; readonly bytes: Uint8Array }[] {
    const open = [...this.#drafts].filter(([, { ticket }]) => ticket === 0);
    return open.map(([pid, draft]) => ({ pid, bytes: moduleOf(draft) }));
  }

  importState(drafts: ReturnType<Drafts["exportState"]>): void {
    for (const { pid, bytes } of drafts) {
      this.#drafts.set(pid, { parts: [bytes], bytes: bytes.length, ticket: 0 });
    }
  }

  /** Forgets a draft; answers what it was. */
  remove(pid: number): Draft | undefined {
    const draft = this.#drafts.get(pid);
    this.#drafts.delete(pid);
    return draft;
  }

  /** Adds a part of the module. Answers an errno. */
  addCode(draft: Draft, bytes: Uint8Array): number {
    if (draft.bytes + bytes.length > moduleBytesMax) return Errno.toobig;
    const all = [...this.#drafts.values()].reduce((sum, one) => sum + one.bytes, 0);
    if (all + bytes.length > allBytesMax) return Errno.nomem;
    draft.parts.push(bytes.slice());
    draft.bytes += bytes.length;
    return Errno.success;
  }
}

/** The whole module. */
export function moduleOf({ parts }: Draft): Uint8Array {
  return joinBytes(parts);
}
