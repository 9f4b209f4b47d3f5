// The message descriptor: eleven words in the memory of a space that say what a long message is
// made of. The same layout serves for sending and for receiving (L3, section 5.2.2), so a received
// message can be sent on in place: counts say how much there is to send or how much room there is,
// and after a receive how much came.
//
// A message is, in this order: extra words, one direct string, indirect strings. The strings of the
// sender are one stream of bytes that fills the buffers of the receiver one after the other (scatter
// and gather on both sides); where a string ends is for the label and words to say. The receiver needs
// room for the whole stream. The descriptor and the buffers of words are aligned to four bytes.

export const Descriptor = {
  /** Extra words beyond the six in registers, and where they are. */
  wordCount: 0,
  wordAddress: 1,
  /** The direct string. */
  directBytes: 2,
  directAddress: 3,
  /** Indirect strings: how many, and the address of as many pairs (address, bytes). */
  indirectCount: 4,
  indirectAddress: 5,
  /** Capabilities: how many, and the address of as many slots, one word each. */
  capabilityCount: 6,
  capabilityAddress: 7,
  /** Regions: how many, and the address of as many pairs (slot, bytes of the region). */
  regionCount: 8,
  regionAddress: 9,
  /** Reserved, zero. */
  reserved: 10,
} as const;

export const descriptorWords = 11;
export const descriptorBytes = descriptorWords * 4;

/** Added to a slot in the capability list of a sender: move it instead of copying. */
export const moveFlag = 0x4000_0000;

/** Label of the message that the kernel sends for a thread that faulted. */
export const faultLabel = 0x7f00_0001;
