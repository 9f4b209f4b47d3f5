// The hot path of a link: one side's end of its two channels. It writes lines into one, reads lines from the other,
// and knows how many of its own the far side has done with. Nothing here makes an object or asks anybody.
//
// What always holds, of one channel with S slots:
//
//   written once    a line is published by its sequence number, stored last; the far side reads it by that alone
//   never lost      sent - acknowledged <= S: a slot is written again only after its line was acknowledged
//   never stuck     ordinary messages leave two slots free, messages of control one, and an acknowledgement by itself
//                   takes the last. It is sent when half the slots are owed, so both sides always can
//                   (test/channel/protocol.test.ts goes through every order of events)
//   never asleep    the writer publishes and then looks at the bell; the reader sets the bell and then looks for a
//                   line. Both are sequentially consistent, so one of them sees the other (Dekker's rule)
//
// Numbers of lines are 32 bits and wrap round: they are only ever subtracted, and compared with zero.
//
// Source: URPC (Bershad et al., TOCS 1991); Barrelfish (Baumann et al., SOSP 2009), section 4.6, and its UMP.
import { assert } from "../base/index.ts";
import {
  Bell,
  bellWord,
  Header,
  headerWord,
  lineWords,
  sequenceWord,
  slotsMax,
  slotsMin,
  slotsOf,
  slotsWord,
} from "../machine/line.ts";
import { LineError } from "./link-error.ts";

/** How many slots a line of each sort leaves free for those that are more urgent. */
export const Reserve = { message: 2, control: 1, acknowledgement: 0 } as const;

export class Ring {
  /** The channel that this side writes, and the one that it reads. */
  readonly out: Int32Array;
  readonly in: Int32Array;
  readonly #slots: number;
  readonly #mask: number;
  readonly #wake: () => void;
  /** Lines published. */
  #sent: number;
  /** Of those, how many the far side has said it has done with. */
  #acknowledged: number;
  /** Lines of the far side that this one has done with. */
  #received: number;
  /** What of that the far side was told. */
  #told: number;
  #rings = 0;

  /**
   * @param wake Called when the far side sleeps and there is something for it to read.
   * @param before Number of the line before the first, of both channels. 0 but in tests.
   */
  constructor(out: Int32Array, incoming: Int32Array, wake: () => void, before = 0) {
    const slots = slotsOf(out.length);
    assert((slots & (slots - 1)) === 0, "slots of a channel are a power of two", slots);
    assert(
      slots >= slotsMin && slots <= slotsMax,
      "a channel has neither few nor many slots",
      slots,
    );
    assert(incoming.length === out.length, "both channels of a link are alike", incoming.length);
    this.out = out;
    this.in = incoming;
    this.#slots = slots;
    this.#mask = slots - 1;
    this.#wake = wake;
    this.#sent = this.#acknowledged = this.#received = this.#told = before | 0;
  }

  /** Lines that the far side has not said it has done with. */
  get unacknowledged(): number {
    return (this.#sent - this.#acknowledged) | 0;
  }

  /** Number of the line published last. */
  get sent(): number {
    return this.#sent;
  }

  /** Number of the last line that the far side has done with. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** How often the far side had to be woken. */
  get rings(): number {
    return this.#rings;
  }

  /** Lines that this side has done with and the far side does not know of. */
  get owed(): number {
    return (this.#received - this.#told) | 0;
  }

  /** Whether so much is owed that the far side could come to wait for it. */
  get owesMuch(): boolean {
    return ((this.#received - this.#told) | 0) >= this.#slots >> 1;
  }

  /**
   * Where the next line is to be written: index in `out` of the first word of its payload. -1 while the far side
   * has to read first.
   *
   * @param reserve Slots that this sort of line leaves free: see `Reserve`.
   */
  begin(reserve: number): number {
    if (((this.#sent - this.#acknowledged) | 0) >= this.#slots - reserve) return -1;
    return slotsWord + (this.#sent & this.#mask) * lineWords;
  }

  /**
   * Publishes the line that `begin` gave, and wakes the far side if that sleeps.
   *
   * @param header What the line is: the high half of its header word.
   */
  publish(at: number, header: number): void {
    const received = this.#received;
    this.#told = received;
    this.out[at + headerWord] = (header << 16) | (received & 0xffff);
    Atomics.store(this.out, at + sequenceWord, (this.#sent = (this.#sent + 1) | 0));
    if (Atomics.load(this.out, bellWord) !== Bell.awake) this.wake();
  }

  /** Wakes the far side if it sleeps, or is about to: of all who try, one rings. */
  wake(): void {
    const bell = Atomics.compareExchange(this.out, bellWord, Bell.asleep, Bell.awake);
    if (bell !== Bell.asleep) return;
    this.#rings++;
    this.#wake();
  }

  /** Index in `in` of the payload of the next line; -1 if none has come. It stays there until `release`. */
  poll(): number {
    const at = slotsWord + (this.#received & this.#mask) * lineWords;
    if (Atomics.load(this.in, at + sequenceWord) !== ((this.#received + 1) | 0)) return -1;
    return at;
  }

  /** Kind of the next line, -1 if none has come. */
  nextKind(): number {
    const at = this.poll();
    return at < 0 ? -1 : this.in[at + headerWord] >>> (16 + Header.kindShift);
  }

  /**
   * Reads the header of a line that `poll` gave, and takes note of what it acknowledges.
   *
   * @throws LineError if that cannot be
   */
  header(at: number): number {
    const word = this.in[at + headerWord];
    // The low half says where the far side is; it cannot be further from where it was than there are slots.
    const news = ((word - this.#acknowledged) << 16) >> 16;
    this.#acknowledged = (this.#acknowledged + news) | 0;
    if (news < 0 || this.unacknowledged < 0) throw new LineError("acknowledged is what was sent");
    return word >>> 16;
  }

  /** The line that `poll` gave has been read: its slot is the far side's again as soon as that is told. */
  release(): void {
    this.#received = (this.#received + 1) | 0;
  }

  /**
   * Sets the bell, so that whoever writes next will ring. True: nothing has come, this side may sleep. False: a line
   * is there, and the bell is not set.
   */
  fallAsleep(): boolean {
    Atomics.store(this.in, bellWord, Bell.asleep);
    if (this.poll() < 0) return true;
    this.rise();
    return false;
  }

  /** Takes the bell back: this side looks for lines by itself again. */
  rise(): void {
    Atomics.store(this.in, bellWord, Bell.awake);
  }
}
