// Which request is set aside when two cores were lost where a log ends, by what the log says alone.
import { describe, expect, it } from "vitest";
import { Register, registerCount, Status, Syscall } from "../../src/abi/index.ts";
import { setAsideBlamed } from "../../src/boot/durable/blame.ts";
import { memoryLog, type MessageLog, requestServedAtEnd } from "../../src/recovery/index.ts";
import { RecordWriter } from "../../src/recovery/record.ts";

const reason = 3;

/** A log of these calls, each with its status. */
function logOf(...calls: readonly (readonly [call: number, status?: number])[]): MessageLog {
  const log = memoryLog();
  const writer = new RecordWriter();
  const registers = new Int32Array(registerCount);
  for (const [call, status = Status.ok] of calls) {
    registers[Register.status] = status;
    writer.begin(call, 0, registers);
    log.append(writer.words, writer.length);
  }
  return log;
}

const heard = [Syscall.receive] as const;
const answeredAndHeard = [Syscall.replyAndReceive] as const;
const asked = [Syscall.call] as const;
const answered = [Syscall.reply] as const;

describe("the request that a server serves where its log ends", () => {
  it.each([
    ["the first that it heard", logOf(heard), 0],
    ["the newest, with all that it did about it", logOf(heard, answeredAndHeard, asked, asked), 1],
    [
      "the newest, whatever failed since",
      logOf(heard, [Syscall.receive, Status.interrupted], [Syscall.reply, Status.noRight]),
      0,
    ],
    ["none before the first", logOf(asked, asked), undefined],
    ["none when it has been answered", logOf(heard, answered, asked), undefined],
    ["none when its answer was put off", logOf(heard, [Syscall.saveReply]), undefined],
    ["none in an empty log", logOf(), undefined],
  ])("is %s", (_, log, request) => {
    expect(requestServedAtEnd(log)).toBe(request);
  });
});

describe("what two cores were lost at", () => {
  it("is set aside by a record, and only once", () => {
    const log = logOf(heard, asked);
    expect(setAsideBlamed(log, undefined, { end: 2, reason })).toBe(true);
    expect(log.end).toBe(3);
    // The one after it has found the log as it was left, and is lost for another reason.
    expect(setAsideBlamed(log, undefined, { end: 3, reason })).toBe(false);
    expect(log.end).toBe(3);
  });

  it("is nothing if the second of them had got further", () => {
    const log = logOf(heard, asked);
    expect(setAsideBlamed(log, undefined, { end: 1, reason })).toBe(false);
    expect(setAsideBlamed(log, undefined, undefined)).toBe(false);
    expect(log.end).toBe(2);
  });
});
