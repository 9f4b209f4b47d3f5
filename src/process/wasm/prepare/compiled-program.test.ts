// A program out of a real compiler: every export answers as before, however it was prepared.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "@yowasp/clang";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareModule } from "./index.ts";
import { call, fuelOf } from "./wat-fixture.ts";

const source = `
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#define export(name) __attribute__((export_name(#name)))

static int compare(const void *a, const void *b) { return *(int *)a - *(int *)b; }

export(sort) int sort(int count) {
  int *values = malloc(count * sizeof *values);
  unsigned seed = 1, sum = 0;
  for (int i = 0; i < count; i++) values[i] = (seed = seed * 1664525 + 1013904223) >> 8;
  qsort(values, count, sizeof *values, compare);
  for (int i = 0; i < count; i++) sum = sum * 31 + values[i];
  free(values);
  return sum;
}

export(ackermann) int ackermann(int m, int n) {
  return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

export(blocks) int blocks(int bytes) {
  unsigned char *p = malloc(bytes);
  memset(p, 0x5a, bytes);
  for (int i = 0; i < bytes; i += 1000) p[i] = i;
  memmove(p + 777, p, bytes - 777);
  memcpy(p, p + bytes / 2, bytes / 3);
  unsigned sum = 0;
  for (int i = 0; i < bytes; i++) sum = sum * 33 + p[i];
  free(p);
  return sum;
}

export(series) double series(int terms) {
  double sum = 0;
  for (int i = 1; i <= terms; i++) sum += (i % 2 ? 1.0 : -1.0) / (int64_t)i;
  return sum;
}

static int depth(int n) { volatile char room[4096]; room[0] = n; return depth(n + 1) + room[0]; }
export(overflow) int overflow(void) { return depth(0); }
export(divide) int divide(int a, int b) { return a / b; }
`;

const calls: [string, ...number[]][] = [
  ["sort", 20_000],
  ["ackermann", 2, 300],
  ["blocks", 1_000_000],
  ["series", 100_000],
  ["divide", 7, 0],
  ["divide", -2147483648, -1],
  ["overflow"],
];

let cacheDirectory = "";
let compiled: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), "shoal-compiled-"));
  const flags = ["--target=wasm32-wasip1", "-O2", "-mbulk-memory", "-mexec-model=reactor"];
  const stack = ["-Wl,--stack-first", "-Wl,-z,stack-size=131072"];
  const files = await commands["clang"](
    [...flags, ...stack, "program.c", "-o", "program.wasm"],
    { "program.c": source },
    { fetchProgress: () => {} },
  );
  const built = files?.["program.wasm"];
  if (!(built instanceof Uint8Array)) throw new Error("The compiler gave no program.");
  compiled = Uint8Array.from(built);
}, 120_000);
afterAll(() => rm(cacheDirectory, { recursive: true, force: true }));

function instantiate(module: WebAssembly.Module): WebAssembly.Instance {
  const preempt = (): void => void (fuelOf(instance).value = 1000);
  const shoal = { preempt };
  const instance = new WebAssembly.Instance(module, { shoal });
  return instance;
}

describe("a compiled C program", () => {
  it.each([
    ["with fuel", true, "none"],
    ["capturable", false, "asyncify"],
    ["with fuel and capturable", true, "asyncify"],
  ] as const)(
    "%s answers and traps as before",
    async (_, fuel, capture) => {
      const original = instantiate(new WebAssembly.Module(compiled));
      const { module } = await prepareModule(compiled, { fuel, capture, cacheDirectory });
      const prepared = instantiate(module);
      for (const [name, ...values] of calls) {
        expect([name, call(prepared, name, ...values)]).toEqual([
          name,
          call(original, name, ...values),
        ]);
      }
    },
    60_000,
  );
});
