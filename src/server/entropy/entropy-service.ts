// The entropy server: unpredictable bytes, from a source that is injected. In a simulation the source
// is the seed; in a recorded run the bytes are in the log like any other answer.
import { EntropyAsk, Errno } from "../../userlib/index.ts";
import type { Answer, Service } from "../../userlib/index.ts";

export function entropyService(fill: (target: Uint8Array) => void): Service {
  const refusal: Answer = { label: Errno.inval };
  return {
    name: "entropy",
    handle({ label, words }, host) {
      if (label !== EntropyAsk.fill) return refusal;
      const count = Math.min(words[0] >>> 0, host.outbox.length);
      const bytes = host.outbox.subarray(0, count);
      fill(bytes);
      return { label: Errno.success, words: [count], bytes };
    },
  };
}
