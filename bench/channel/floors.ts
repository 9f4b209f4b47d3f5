// What no link can undercut: one line each way by hand, with nothing around it. No credits, no flags, no kinds: a
// ring that the two sides know to be long enough.
import { CodecReader, CodecWriter } from "../../src/service/index.ts";
import { channelWords, lineWords, sequenceWord, slotsWord } from "../../src/machine/line.ts";
import { type Between, type Client, since, type Sides } from "./subject.ts";

/** The channels that one of the sides writes and reads, with room for the numbers of lines less one. */
export interface Channels {
  readonly out: Int32Array;
  readonly in: Int32Array;
  readonly mask: number;
}

export function channels({ memory }: Between, side: 0 | 1): Channels {
  const words = channelWords(memory.slots);
  const at = (which: number) => new Int32Array(memory.buffer, which * words * 4, words);
  return { out: at(side), in: at(1 - side), mask: memory.slots - 1 };
}

const answered = 14;

/** A line each way, both sides spinning. */
export function lineClient({ out, in: incoming, mask }: Channels): Client {
  let number = 0;
  return (count, samples) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const beginMs = samples === undefined ? 0 : performance.now();
      const at = slotsWord + (number & mask) * lineWords;
      out[at] = i;
      out[at + answered] = number;
      Atomics.store(out, at + sequenceWord, ++number);
      while (Atomics.load(incoming, at + sequenceWord) !== number);
      sum += incoming[at];
      if (samples !== undefined) samples[i] = since(beginMs);
    }
    return sum;
  };
}

export function lineServer({ out, in: incoming, mask }: Channels): (count: number) => void {
  let number = 0;
  return (count) => {
    for (let i = 0; i < count; i++) {
      const at = slotsWord + (number & mask) * lineWords;
      number++;
      while (Atomics.load(incoming, at + sequenceWord) !== number);
      out[at] = incoming[at] + 1;
      out[at + answered] = number;
      Atomics.store(out, at + sequenceWord, number);
    }
  };
}

export const line: Sides = {
  client: (between) => lineClient(channels(between, 0)),
  server: (between) => lineServer(channels(between, 1)),
};

/** The same with 48 calls under way. */
export const pipelinedLine: Sides = {
  client: (between) => {
    const { out, in: incoming, mask } = channels(between, 0);
    let sent = 0;
    let received = 0;
    return (count) => {
      let sum = 0;
      const end = received + count;
      for (let i = 0; received < end;) {
        while (sent - received < inFlight && sent < end) {
          const at = slotsWord + (sent & mask) * lineWords;
          out[at] = i++;
          Atomics.store(out, at + sequenceWord, ++sent);
        }
        const at = slotsWord + (received & mask) * lineWords;
        if (Atomics.load(incoming, at + sequenceWord) !== received + 1) continue;
        received++;
        sum += incoming[at];
      }
      return sum;
    };
  },
  server: line.server,
};

export const inFlight = 48;

/** The small object that typed calls carry. */
export interface Step {
  readonly name: string;
  readonly count: number;
  readonly isLast: boolean;
}

export function stepOf(count: number): Step {
  return { name: "step", count, isLast: false };
}

/** A line each way with a small object in it, written and read by the codec of services. */
export const typedLine: Sides = {
  client: (between) => {
    const { out, in: incoming, mask } = channels(between, 0);
    const [writeTo, readFrom] = [coder(out), decoder(incoming)];
    let number = 0;
    return (count, samples) => {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const beginMs = samples === undefined ? 0 : performance.now();
        const at = slotsWord + (number & mask) * lineWords;
        writeTo(at, stepOf(i));
        Atomics.store(out, at + sequenceWord, ++number);
        while (Atomics.load(incoming, at + sequenceWord) !== number);
        sum += readFrom(at).count;
        if (samples !== undefined) samples[i] = since(beginMs);
      }
      return sum;
    };
  },
  server: (between) => {
    const { out, in: incoming, mask } = channels(between, 1);
    const [writeTo, readFrom] = [coder(out), decoder(incoming)];
    let number = 0;
    return (count) => {
      for (let i = 0; i < count; i++) {
        const at = slotsWord + (number & mask) * lineWords;
        number++;
        while (Atomics.load(incoming, at + sequenceWord) !== number);
        const step = readFrom(at);
        writeTo(at, { ...step, count: step.count + 1 });
        Atomics.store(out, at + sequenceWord, number);
      }
    };
  },
};

function coder(channel: Int32Array): (at: number, step: Step) => void {
  const bytes = new Uint8Array(channel.buffer, channel.byteOffset, channel.byteLength);
  const writer = new CodecWriter(1024);
  return (at, step) => {
    writer.write(step);
    channel[at] = writer.length;
    for (let i = 0; i < writer.length; i++) bytes[at * 4 + 4 + i] = writer.bytes[i];
  };
}

function decoder(channel: Int32Array): (at: number) => Step {
  const bytes = new Uint8Array(channel.buffer, channel.byteOffset, channel.byteLength);
  const body = new Uint8Array(64);
  const reader = new CodecReader();
  return (at) => {
    const length = channel[at];
    for (let i = 0; i < length; i++) body[i] = bytes[at * 4 + 4 + i];
    // Written by `coder` at the other side.
    return reader.read(body, length) as Step;
  };
}
