// The pipe server: bytes in order, writes that are whole, ends that close, and nothing left behind.
import { beforeEach, describe, expect, it } from "vitest";
import { capacityBytes, pipeBufferBytes, PipeService } from "../../src/server/pipe/index.ts";
import { Ask, Errno, Interest } from "../../src/userlib/index.ts";
import { nonblock, ServiceRig } from "./service-rig.ts";

const [writer, reader, other] = [3, 5, 8];

describe("a pipe between two processes", () => {
  let pipes: PipeService;
  let rig: ServiceRig;
  let write: number;
  let read: number;

  beforeEach(() => {
    pipes = new PipeService();
    rig = new ServiceRig(pipes);
    ({ read, write } = pipes.connect(reader, writer));
  });

  const text = (length: number, letter = "x"): string => letter.repeat(length);
  const fill = (): void => {
    expect(rig.write(writer, write, text(capacityBytes)).got?.words[0]).toBe(capacityBytes);
  };

  it("carries bytes in the order in which they were written", () => {
    rig.write(writer, write, "one ");
    rig.write(writer, write, "two ");
    expect(rig.read(reader, read, 6).got).toMatchObject({ errno: 0, words: [6], text: "one tw" });
    rig.write(writer, write, "three");
    expect(rig.read(reader, read, 100).got?.text).toBe("o three");
  });

  it("gives a reader that waits what is written, at once", () => {
    const waiting = rig.read(reader, read, 4);
    expect(waiting.got).toBeUndefined();
    expect(rig.write(writer, write, "abcdef").got?.words[0]).toBe(6);
    expect(waiting.got?.text).toBe("abcd");
    expect(rig.read(reader, read, 4).got?.text).toBe("ef");
  });

  it("serves readers that wait in the order in which they came", () => {
    const waiting = [rig.read(reader, read, 2), rig.read(reader, read, 2)];
    rig.write(writer, write, "abc");
    expect(waiting.map(({ got }) => got?.text)).toEqual(["ab", "c"]);
  });

  it("holds its capacity and no more: then a writer waits until there is room", () => {
    fill();
    const waiting = rig.write(writer, write, "late");
    expect(waiting.got).toBeUndefined();
    expect(rig.read(reader, read, 3).got?.words[0]).toBe(3);
    expect(waiting.got).toBeUndefined();
    rig.read(reader, read, 1);
    expect(waiting.got?.words[0]).toBe(4);
    expect(rig.read(reader, read, capacityBytes).got?.text).toBe(`${text(capacityBytes - 4)}late`);
  });

  it("never splits a write of PIPE_BUF bytes, however little room there is", () => {
    rig.write(writer, write, text(capacityBytes - pipeBufferBytes + 1));
    const first = rig.write(writer, write, text(pipeBufferBytes, "a"));
    const second = rig.write(writer, write, "b");
    expect([first.got, second.got]).toEqual([undefined, undefined]);
    expect(rig.read(reader, read, capacityBytes).got?.text).toBe(
      text(capacityBytes - pipeBufferBytes + 1),
    );
    const found = rig.read(reader, read, capacityBytes).got?.text;
    expect(found).toBe(`${text(pipeBufferBytes, "a")}b`);
  });

  it("takes a larger write in parts, each no larger than what a waiting writer may leave", () => {
    const bytes = new Uint8Array(300_000).map((_, i) => i % 251);
    const waiting = rig.write(writer, write, bytes);
    const parts: string[] = [];
    while (waiting.got === undefined) parts.push(rig.read(reader, read, 10_000).got?.text ?? "");
    const taken = waiting.got.words[0] ?? 0;
    expect(taken).toBe(2 * capacityBytes);
    while (parts.join("").length < taken) parts.push(rig.read(reader, read, 10_000).got!.text);
    const expected = Array.from(bytes.subarray(0, taken), (byte) => String.fromCharCode(byte));
    expect(parts.join("")).toBe(expected.join(""));
  });

  it("answers those who do not wait with EAGAIN, or with what fits", () => {
    expect(rig.read(reader, read, 1, nonblock).got?.errno).toBe(Errno.again);
    rig.write(writer, write, text(capacityBytes - 10));
    expect(rig.write(writer, write, text(11), nonblock).got?.errno).toBe(Errno.again);
    expect(rig.write(writer, write, text(5000), nonblock).got?.words[0]).toBe(10);
    expect(rig.write(writer, write, "x", nonblock).got?.errno).toBe(Errno.again);
  });

  it("ends for the reader when the last writing end is closed, and not before all was read", () => {
    const given = rig.now(writer, Ask.give, [write, other]).words[0]!;
    rig.write(writer, write, "rest");
    rig.now(writer, Ask.close, [write]);
    expect(rig.read(reader, read, 100).got?.text).toBe("rest");
    const waiting = rig.read(reader, read, 100);
    expect(waiting.got).toBeUndefined();
    rig.now(other, Ask.close, [given]);
    expect(waiting.got).toMatchObject({ errno: 0, words: [0] });
    expect(rig.read(reader, read, 1).got?.words[0]).toBe(0);
  });

  it("breaks for the writer when the last reading end is closed", () => {
    fill();
    const waiting = rig.write(writer, write, text(5000));
    const short = rig.write(writer, write, text(10));
    rig.now(reader, Ask.close, [read]);
    expect([waiting.got?.errno, short.got?.errno]).toEqual([Errno.pipe, Errno.pipe]);
    expect(rig.write(writer, write, "x").got?.errno).toBe(Errno.pipe);
  });

  it("tells a writer how far it came when the reader leaves in the middle", () => {
    const waiting = rig.write(writer, write, text(capacityBytes + 100));
    rig.now(reader, Ask.close, [read]);
    expect(waiting.got).toMatchObject({ errno: 0, words: [capacityBytes] });
  });

  it("closes the ends of a process that dies", () => {
    rig.write(writer, write, "last words");
    rig.gone(writer);
    expect(rig.read(reader, read, 100).got?.text).toBe("last words");
    expect(rig.read(reader, read, 100).got?.words[0]).toBe(0);
  });

  it("does not lose what a reader that dies was waiting for", () => {
    rig.now(reader, Ask.give, [read, other]);
    rig.read(reader, read, 100);
    rig.gone(reader);
    expect(rig.write(writer, write, "kept").got?.words[0]).toBe(4);
    expect(rig.read(other, 0, 100).got?.text).toBe("kept");
  });

  it("leaves nothing behind when both have died, whatever they waited for", () => {
    fill();
    rig.write(writer, write, text(70_000));
    rig.ask(writer, Ask.ready, [1], new Uint8Array(new Int32Array([write, 2, 0]).buffer));
    rig.gone(writer);
    rig.gone(reader);
    expect(pipes.counts()).toEqual({ handles: 0, waiting: 0 });
    expect(rig.tickets.size).toBe(0);
  });

  it("can be read and written only where it was opened for that, by whom it was opened for", () => {
    expect(rig.read(writer, write, 1).got?.errno).toBe(Errno.badf);
    expect(rig.write(reader, read, "x").got?.errno).toBe(Errno.badf);
    expect(rig.read(other, read, 1).got?.errno).toBe(Errno.badf);
    expect(rig.now(writer, Ask.close, [99]).errno).toBe(Errno.badf);
    expect(rig.now(writer, Ask.setSize, [write]).errno).toBe(Errno.spipe);
    expect(rig.now(writer, Ask.sync, [write]).errno).toBe(Errno.inval);
    expect(rig.now(writer, Ask.pipe, [2 ** 24]).errno).toBe(Errno.inval);
  });

  it("refuses a client more than a thousand handles", () => {
    let made = 0;
    while (rig.now(other, Ask.pipe).errno === 0) made++;
    expect(made).toBe(512);
    expect(rig.now(other, Ask.pipe).errno).toBe(Errno.mfile);
    expect(rig.now(writer, Ask.give, [write, other]).errno).toBe(Errno.mfile);
  });

  describe("asked whether it is ready", () => {
    const records = (handle: number, interest: number): Uint8Array =>
      new Uint8Array(new Int32Array([handle, interest, 77]).buffer);
    const ready = (badge: number, handle: number, interest: number, bits = 1) => {
      const { words, text: found } = rig.now(
        badge,
        Ask.ready,
        [9, bits],
        records(handle, interest),
      );
      if (words[0] === 0) return "waits";
      const bytes = Uint8Array.from(found, (letter) => letter.charCodeAt(0));
      const [set, count] = new Int32Array(bytes.buffer);
      return { isHangup: (set! & Interest.hangup) !== 0, count };
    };

    it("says how much can be moved", () => {
      expect(ready(reader, read, Interest.read)).toBe("waits");
      expect(ready(writer, write, Interest.write)).toEqual({
        isHangup: false,
        count: capacityBytes,
      });
      rig.write(writer, write, "abc");
      expect(ready(reader, read, Interest.read)).toEqual({ isHangup: false, count: 3 });
    });

    it("is not ready for writing until a whole PIPE_BUF fits", () => {
      fill();
      expect(ready(writer, write, Interest.write)).toBe("waits");
      rig.read(reader, read, pipeBufferBytes - 1);
      expect(ready(writer, write, Interest.write)).toBe("waits");
      rig.read(reader, read, 1);
      expect(ready(writer, write, Interest.write)).toMatchObject({ count: pipeBufferBytes });
    });

    it("says that the other end is gone, and what is still to be read", () => {
      rig.write(writer, write, "abc");
      rig.gone(writer);
      expect(ready(reader, read, Interest.read)).toEqual({ isHangup: true, count: 3 });
      rig.read(reader, read, 3);
      expect(ready(reader, read, Interest.read)).toEqual({ isHangup: true, count: 0 });
    });

    it("raises the bits of one that watches as soon as it is ready, once", () => {
      expect(ready(reader, read, Interest.read, 4)).toBe("waits");
      expect(rig.signals.get(reader)).toBeUndefined();
      rig.write(writer, write, "x");
      expect(rig.signals.get(reader)).toBe(4);
      rig.signals.clear();
      rig.write(writer, write, "y");
      expect(rig.signals.size).toBe(0);
    });

    it("answers one that waits, and forgets what it waited for before", () => {
      const first = rig.ask(reader, Ask.ready, [9, 0], records(read, Interest.read));
      const second = rig.ask(reader, Ask.ready, [9, 0], records(read, Interest.read));
      expect(first.got?.errno).toBe(Errno.intr);
      rig.write(writer, write, "x");
      expect(second.got?.words[0]).toBe(1);
      expect(pipes.counts().waiting).toBe(0);
    });
  });
});
