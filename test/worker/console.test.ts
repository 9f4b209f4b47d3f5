// The console of a core in another thread, and what of it outlives the core: what the last request had come
// to, and input that was taken from the host and read by nobody.
import { setImmediate as turnOfEvents } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type ConsoleDevice, ConsolePort } from "../../src/boot/index.ts";
import { ConsoleHost } from "../../src/boot/worker/console-host.ts";
import { wouldBlock } from "../../src/server/console/index.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A device that takes so many bytes at a time, and has this input. */
function fakeDevice(input: string, bytesAtOnce = Infinity) {
  let left = input;
  const state = { output: "", isStopped: false };
  const device: ConsoleDevice = {
    streams: ["pipe", "pipe", "pipe"],
    write: (_, bytes) => {
      if (state.isStopped) return wouldBlock;
      const taken = bytes.subarray(0, bytesAtOnce);
      state.output += decode(taken);
      return taken.length;
    },
    read: (_, into) => {
      const taken = left.slice(0, into.length);
      left = left.slice(taken.length);
      into.set(encode(taken));
      return taken.length;
    },
    available: () => left.length,
    onReady: undefined,
  };
  return { device, state };
}

interface Core {
  request: number;
  readonly console: ConsolePort;
}

function coreOn(host: ConsoleHost): Core {
  const core: Core = {
    request: 1,
    console: new ConsolePort({ turn: host.turn(), request: () => core.request }),
  };
  return core;
}

/** Reads as a program does: what is there, as soon as something is. */
async function readFrom({ console }: Core, bytesMax: number): Promise<string> {
  const into = new Uint8Array(bytesMax);
  for (;;) {
    const count = console.read(0, into);
    if (count !== wouldBlock) return decode(into.subarray(0, Math.max(0, count)));
    await turnOfEvents();
  }
}

describe("the console of a core in another thread", () => {
  it("writes in order, whatever the host takes at a time", async () => {
    const { device, state } = fakeDevice("", 3);
    const core = coreOn(new ConsoleHost(device));
    for (const text of ["one ", "two ", "three"]) {
      core.request++;
      expect(core.console.write(1, encode(text))).toBe(text.length);
    }
    await core.console.drained();
    expect(state.output).toBe("one two three");
  });

  it("takes no more than a limit while the host takes nothing, and goes on when it does", async () => {
    const { device, state } = fakeDevice("");
    const core = coreOn(new ConsoleHost(device));
    state.isStopped = true;
    const bytes = new Uint8Array(100_000);
    let taken = 0;
    for (let count = 0; count !== wouldBlock; count = core.console.write(1, bytes)) taken += count;
    expect(taken).toBe(256 * 1024);
    expect(core.console.writable(1)).toBe(wouldBlock);
    const isReady = new Promise<void>((resolve) => (core.console.onReady = resolve));
    await turnOfEvents();
    state.isStopped = false;
    device.onReady?.();
    await isReady;
    await core.console.drained();
    expect(state.output).toHaveLength(taken);
    expect(core.console.writable(1)).toBe(1);
  });

  it("tells the end of input, every time that it is read", async () => {
    const core = coreOn(new ConsoleHost(fakeDevice("ab").device));
    expect(await readFrom(core, 10)).toBe("ab");
    expect(await readFrom(core, 10)).toBe("");
    expect(await readFrom(core, 10)).toBe("");
  });
});

describe("after the loss of a core", () => {
  it("a write that is made again is not done again, and one that is new is done", async () => {
    const { device, state } = fakeDevice("");
    const host = new ConsoleHost(device);
    coreOn(host).console.write(1, encode("once\n"));
    const again = coreOn(host);
    expect(again.console.write(1, encode("once\n"))).toBe(5);
    again.request++;
    again.console.write(1, encode("twice\n"));
    await again.console.drained();
    expect(state.output).toBe("once\ntwice\n");
  });

  it("a write that had been answered is not taken for the next one", async () => {
    const { device, state } = fakeDevice("");
    const host = new ConsoleHost(device);
    coreOn(host).console.write(1, encode("a"));
    const next = coreOn(host);
    next.request = 2;
    next.console.write(1, encode("b"));
    await next.console.drained();
    expect(state.output).toBe("ab");
  });

  it("a read that is made again has the same bytes, and the next goes on behind them", async () => {
    const host = new ConsoleHost(fakeDevice("abcdef").device);
    expect(await readFrom(coreOn(host), 2)).toBe("ab");
    const again = coreOn(host);
    expect(await readFrom(again, 2)).toBe("ab");
    again.request = 2;
    expect(await readFrom(again, 10)).toBe("cdef");
  });

  it("input that nobody had read is read by the next core", async () => {
    const host = new ConsoleHost(fakeDevice("abcdef").device);
    const core = coreOn(host);
    // Asked for, and given to the core, which does not come to reading it.
    expect(core.console.available()).toBe(wouldBlock);
    while (core.console.available() === wouldBlock) await turnOfEvents();
    const next = coreOn(host);
    expect(await readFrom(next, 10)).toBe("abcdef");
  });
});
