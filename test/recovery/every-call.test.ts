// A program that makes every kernel call and checks every answer is killed after each of them. Whatever
// the kernel tells a program in a call has to be in the log, or the next life sees something else.
import { describe, expect, it } from "vitest";
import { memoryLog, type MessageLog, Sessions } from "../../src/recovery/index.ts";
import { type Manner, type Outcome, runTogether } from "../sdk/together.ts";
import { killedLog } from "./killed-log.ts";

const parts = ["main", "objects", "capabilities", "waits", "messages", "memory"];
const program = parts.map((part) => `test/sdk/self-test/${part}.c`);

function run(log: MessageLog, manner: Manner): Promise<Outcome> {
  return runTogether([{ program, durable: { log, sessions: new Sessions() } }], manner);
}

describe.each([{ model: "process" as const }, { model: "interrupt" as const }])(
  "a durable program of every call in the $model model",
  (manner) => {
    it("gets the same answers, killed after every fifth call", async () => {
      const whole = memoryLog();
      const { codes } = await run(whole, manner);
      expect(codes).toEqual([0]);
      expect(whole.end).toBeGreaterThan(100);
      for (let at = 1; at < whole.end - 1; at += 5) {
        const { codes, faults } = await run(killedLog([at]), manner);
        expect({ at, codes, faults }).toEqual({ at, codes: [0], faults: [] });
      }
    });

    it("gets them in one run that is killed after each", async () => {
      const whole = memoryLog();
      await run(whole, manner);
      const kills = Array.from({ length: whole.end - 2 }, (_, i) => i + 1);
      const { codes, faults } = await run(killedLog(kills), manner);
      expect({ codes, faults }).toEqual({ codes: [0], faults: [] });
    });
  },
);
