// Waits and notifications of memory as calls of a kernel that is made up: what is asked of it, and what
// its answers mean.
import { beforeEach, describe, expect, it } from "vitest";
import {
  forever,
  InitialSlot,
  leaveStack,
  Register,
  Status,
  Syscall,
  timeoutUsMax,
} from "../../abi/index.ts";
import type { Core } from "../core.ts";
import type { ImportFunction } from "./link.ts";
import { threadWaits } from "./thread-wait.ts";

describe("waiting on memory", () => {
  let memory: Int32Array;
  let registers: Int32Array;
  let calls: number[][];
  /** What the kernel answers, a status each; a thread that has to wait leaves its stack. */
  let answers: (number | "waits")[];
  let functions: ReadonlyMap<string, ImportFunction>;

  beforeEach(() => {
    memory = new Int32Array(new SharedArrayBuffer(64));
    registers = new Int32Array(16);
    calls = [];
    answers = [];
    // Nothing of a core is used but these.
    functions = threadWaits({ registers, enter } as unknown as Core, () => memory);
  });

  function enter(): number {
    const { call, a0, a1, a2, receiveTimeout } = Register;
    calls.push([call, a0, a1, a2, receiveTimeout].map((register) => registers[register]!));
    const answer = answers.shift() ?? Status.ok;
    if (answer === "waits") return leaveStack;
    registers[Register.status] = answer;
    return 0;
  }

  const wait32 = (address: number, expected: number, ns: bigint): number =>
    functions.get("atomic_wait32")!.begin(address, expected, ns);
  const wait64 = (address: number, expected: bigint, ns: bigint): number =>
    functions.get("atomic_wait64")!.begin(address, expected, ns);

  it("is a futex call on the program's own queue", () => {
    memory[2] = -5;
    expect(wait32(8, -5, -1n)).toBe(0);
    expect(calls).toEqual([[Syscall.futexWait, InitialSlot.futexQueue, 8, -5, forever]]);
  });

  it("is no call at all if the value is another one", () => {
    expect(wait32(0, 1, -1n)).toBe(1);
    memory[1] = 1;
    expect([wait64(0, 0n, -1n), wait64(0, 0x1_0000_0001n, -1n)]).toEqual([1, 1]);
    expect(calls).toEqual([]);
  });

  it("compares all 64 bits, and gives the kernel the first word", () => {
    memory[0] = -1;
    memory[1] = -2;
    expect(wait64(0, -0x1_0000_0001n, -1n)).toBe(0);
    expect(calls).toEqual([[Syscall.futexWait, InitialSlot.futexQueue, 0, -1, forever]]);
  });

  it("tells apart who was woken, whose time was over, and who was too late", () => {
    answers = [Status.ok, Status.timeout, Status.wouldBlock];
    expect([wait32(0, 0, 0n), wait32(0, 0, 1n), wait32(0, 0, 1n)]).toEqual([0, 2, 1]);
    expect(calls.map((call) => call[4])).toEqual([0, 1, 1]);
  });

  it("waits in parts if the time is longer than a call can be", () => {
    const { finish } = functions.get("atomic_wait32")!;
    answers = ["waits", "waits", Status.timeout];
    const ns = BigInt(timeoutUsMax) * 2000n + 7000n;
    expect(wait32(0, 0, ns)).toBe(leaveStack);
    registers[Register.status] = Status.timeout;
    expect(finish(0, 0, ns)).toBe(leaveStack);
    registers[Register.status] = Status.timeout;
    expect(finish(0, 0, ns)).toBe(2);
    expect(calls.map((call) => call[4])).toEqual([timeoutUsMax, timeoutUsMax, 7]);
  });

  it("traps if nobody else could ever write there", () => {
    memory = new Int32Array(16);
    expect(() => wait32(0, 0, -1n)).toThrow(WebAssembly.RuntimeError);
    expect(() => wait64(0, 0n, -1n)).toThrow(WebAssembly.RuntimeError);
    expect(calls).toEqual([]);
  });

  it("notifies as many as it is told, which may be more than a signed number says", () => {
    const { begin } = functions.get("atomic_notify")!;
    registers[Register.w0] = 99;
    expect(begin(8, 3)).toBe(0);
    expect(begin(8, -1)).toBe(0);
    expect(calls.map((call) => call.slice(0, 4))).toEqual([
      [Syscall.futexWake, InitialSlot.futexQueue, 8, 3],
      [Syscall.futexWake, InitialSlot.futexQueue, 8, 0x7fff_ffff],
    ]);
  });
});
