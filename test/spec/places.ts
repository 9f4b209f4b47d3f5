// The places of one call at which its stack may be taken out: its calls of the host, and its checks that
// find the fuel used up. Each is stopped at once, the first few of a call; then it goes on to its end.
// Frames of two programs in one stack cannot be taken out, so a program whose calls may lead into another
// is let be.
import { refuel } from "./form.ts";
import type { Member } from "./member.ts";

/** After so many a call goes on undisturbed: the deeper its stack, the longer each stop takes. */
const placesMax = 24;

/** Some seconds each. */
const excessMax = 3;

export class Places {
  /** Of all calls so far. */
  count = 0;
  #member: Member | undefined;
  #left = 0;
  #isStopping = false;
  /** The place at which the stack was just put back: it is passed this time. */
  #isBack = false;

  /** How often a call has been given more fuel than any script needs. */
  #excess = 0;

  /** A call of this member begins. */
  begin(member: Member, isStopping: boolean): void {
    this.#excess = 0;
    if (member.isEntangled) return;
    this.#member = member;
    this.#left = placesMax;
    this.#isStopping = isStopping;
    this.#isBack = false;
    refuel(member.instance, true);
  }

  end(): void {
    if (this.#member !== undefined) refuel(this.#member.instance, false);
    this.#member = undefined;
  }

  /** The member is at a place: takes the stack out, or returns. */
  at(member: Member | undefined): void {
    if (member === undefined || member !== this.#member) return;
    if (this.#isBack) {
      this.#isBack = false;
      return;
    }
    if (this.#left === 0) return;
    this.#left--;
    this.count++;
    if (!this.#isStopping) return;
    this.#isBack = true;
    member.stack?.unwind();
  }

  /** Fuel for the way to the next place, or to the end. */
  refuel(member: Member | undefined): void {
    if (member === undefined) return;
    const isShort = member === this.#member && this.#left > 0;
    if (!isShort && ++this.#excess > excessMax) throw new Error("A call does not come to its end.");
    refuel(member.instance, isShort);
  }
}
