// The C header says what the kernel says.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Syscall } from "../../src/abi/index.ts";
import { headerPath, macroName, updated } from "../../sdk/c/generate.ts";

const header = readFileSync(headerPath, "utf8");

describe("shoal.h", () => {
  it("is what the generator writes of today's interface", () => {
    expect(header, "run: node sdk/c/generate.ts").toBe(updated(header));
  });

  it("makes every kernel call in a stub, but those that the kernel makes itself", () => {
    // The second stage of a call, and the verbs that are imports of their own.
    const without = ["awaitReply", "send", "receive", "call", "replyAndReceive"];
    const stubs = header.slice(header.indexOf("making calls"));
    const missing = Object.keys(Syscall).filter(
      (name) => !without.includes(name) && !stubs.includes(`SHOAL_CALL_${macroName(name)}`),
    );
    expect(missing).toEqual([]);
  });

  it("refuses to be written without its markers", () => {
    expect(() => updated("#define SHOAL_H")).toThrow(/markers/);
  });
});
