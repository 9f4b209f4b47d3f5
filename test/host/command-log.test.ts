// The log of a session on a real file system: taken over by a later epoch, and cut to what it came to.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CommandLog } from "../../src/boot/command/command-log.ts";
import { applyRecord, type HostRecord, newState } from "../../src/process/host/index.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "shoal-command-log-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const options = (epoch: number, level: "host" | "disk" = "host") => ({
  level,
  directory,
  epoch,
  logBytesMax: 20_000,
});

function request(number: number): HostRecord {
  const text = "ä".repeat(500);
  const line = JSON.stringify({ jsonrpc: "2.0", id: number, method: "a", params: { text } });
  return { kind: "in", number, line };
}

function answer(number: number): HostRecord {
  return { kind: "out", number, line: JSON.stringify({ jsonrpc: "2.0", id: number, result: {} }) };
}

describe("the log of a session", () => {
  it("gives a later owner what the one before had written", () => {
    const log = new CommandLog(options(1));
    const records = [request(1), answer(1), request(2)];
    for (const record of records) log.append(record);
    expect([...new CommandLog(options(2)).records()]).toEqual(records);
  });

  it("is cut where it has become long, and comes to the same state", () => {
    const log = new CommandLog(options(1));
    const state = newState({ keepsHistory: false });
    for (let number = 1; number <= 200; number++) {
      for (const record of number % 10 === 0
        ? [request(number)]
        : [request(number), answer(number)]) {
        log.append(record);
        applyRecord(state, record);
      }
      state.unsent = [];
      log.cutTo(() => ({ kind: "state", state }));
    }
    const records = [...new CommandLog(options(2)).records()];
    expect(records[0]!.kind).toBe("state");
    expect(records.length).toBeLessThan(100);
    const again = newState({ keepsHistory: false });
    for (const record of records) applyRecord(again, record);
    expect({ ...again, unsent: [] }).toEqual(state);
  });

  it("at level disk says when what was appended is stable, in order", async () => {
    const log = new CommandLog(options(1, "disk"));
    const said: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    for (let number = 1; number <= 5; number++) {
      log.append(request(number));
      log.whenStable(() => {
        said.push(number);
        if (number === 5) resolve();
      });
    }
    await promise;
    expect(said).toEqual([1, 2, 3, 4, 5]);
  });
});
