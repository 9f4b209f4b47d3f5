// A C program that uses the C library and the kernel's own calls, run by the command.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { compileHostedC } from "./compile.ts";

const command = fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));

describe("a C program with the C library", () => {
  it.each(["process", "interrupt"])(
    "prints and makes kernel calls in the %s model",
    async (model) => {
      const program = await compileHostedC("examples/c/hello.c");
      const args = [command, "run", "--model", model, program, "reader"];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      expect(stdout.split("\n")).toEqual([
        "Hello, reader!",
        "slot 1 holds a space",
        "slot 2 holds a thread",
        "slot 3 holds a futex queue",
        "slot 64 holds nothing",
        "",
      ]);
    },
  );
});
