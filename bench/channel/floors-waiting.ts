// The floors of those who do not spin: event loops that look once in every turn, and threads that sleep.
import { lineWords, sequenceWord, slotsWord } from "../../src/machine/line.ts";
import { channels } from "./floors.ts";
import { since, type Sides } from "./subject.ts";

/** A line each way, looked for once in every turn of both event loops. */
export const loopedLine: Sides = {
  client: (between) => {
    const { out, in: incoming, mask } = channels(between, 0);
    let number = 0;
    return (count, samples) =>
      new Promise((resolve) => {
        let [i, sum, beginMs] = [0, 0, 0];
        const send = (): void => {
          if (samples !== undefined) beginMs = performance.now();
          const at = slotsWord + (number & mask) * lineWords;
          out[at] = i;
          Atomics.store(out, at + sequenceWord, ++number);
          setImmediate(look);
        };
        const look = (): void => {
          const at = slotsWord + ((number - 1) & mask) * lineWords;
          if (Atomics.load(incoming, at + sequenceWord) !== number) {
            setImmediate(look);
            return;
          }
          sum += incoming[at];
          if (samples !== undefined) samples[i] = since(beginMs);
          if (++i === count) resolve(sum);
          else send();
        };
        send();
      });
  },
  server: (between) => {
    const { out, in: incoming, mask } = channels(between, 1);
    let number = 0;
    return (count) =>
      new Promise((resolve) => {
        const end = number + count;
        const look = (): void => {
          const at = slotsWord + (number & mask) * lineWords;
          if (Atomics.load(incoming, at + sequenceWord) === number + 1) {
            out[at] = incoming[at] + 1;
            Atomics.store(out, at + sequenceWord, ++number);
          }
          if (number === end) resolve();
          else setImmediate(look);
        };
        look();
      });
  },
};

/** Two words that the sides wait for by turns, with nothing to carry: what sleeping costs. */
export const waiting: Sides = {
  client: ({ memory }) => {
    const words = new Int32Array(memory.buffer, 0, 64);
    let number = 0;
    return (count, samples) => {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const beginMs = samples === undefined ? 0 : performance.now();
        words[2] = i;
        Atomics.store(words, 0, ++number);
        Atomics.notify(words, 0);
        while (Atomics.load(words, 16) !== number) Atomics.wait(words, 16, number - 1);
        sum += words[18];
        if (samples !== undefined) samples[i] = since(beginMs);
      }
      return sum;
    };
  },
  server: ({ memory }) => {
    const words = new Int32Array(memory.buffer, 0, 64);
    let number = 0;
    return (count) => {
      for (let i = 0; i < count; i++) {
        while (Atomics.load(words, 0) !== number + 1) Atomics.wait(words, 0, number);
        words[18] = words[2] + 1;
        Atomics.store(words, 16, ++number);
        Atomics.notify(words, 16);
      }
    };
  },
};

const restWord = 32;

/** The same subject with a rest before every call, long enough for both sides to fall asleep. */
export function rested(sides: Sides, restMs: number): Sides {
  return {
    server: sides.server,
    client: (between) => {
      const one = sides.client(between);
      const nobody = new Int32Array(new SharedArrayBuffer(4 * (restWord + 1)));
      const time = new Float64Array(1);
      // The answer to 0 is 1, each time.
      return (count, samples) => {
        let sum = 0;
        for (let i = 0; i < count; i++) {
          Atomics.wait(nobody, restWord, 0, restMs);
          // Of clients that do not give promises.
          sum += (one(1, time) as number) + i;
          if (samples !== undefined) samples[i] = time[0];
        }
        return sum;
      };
    },
  };
}
