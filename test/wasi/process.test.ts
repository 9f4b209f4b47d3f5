// What a program is started with and what is not about descriptors: arguments, environment, preopens,
// clocks, randomness, yielding, exit, sockets that are none.
import { beforeEach, describe, expect, it } from "vitest";
import { portalBytesMax } from "../../src/abi/index.ts";
import { clockService } from "../../src/server/clock/index.ts";
import { entropyService } from "../../src/server/entropy/index.ts";
import { Errno } from "../../src/userlib/index.ts";
import { changedSinceUnstable, DescriptorTable, wasiFunctions } from "../../src/wasi/index.ts";
import { ProgramExit } from "./direct-host.ts";
import { grantMemory, Guest, toText } from "./guest.ts";

const [first, second, list, text] = [64, 72, 128, 256];
const realtimeNs = 1_795_000_000_123_456_789n;

describe.each([false, true])("a program that leaves its stack: %s", (leaves) => {
  let g: Guest;
  beforeEach(() => {
    g = new Guest({ leaves, args: ["prog", "two words", "ümläut", ""], env: ["A=1", "EMPTY="] });
    g.host.serve(1, clockService({ realtimeNs: () => realtimeNs, cpuNs: () => 77n }));
    let next = 0;
    g.host.serve(
      2,
      entropyService((target) => target.forEach((_, i) => (target[i] = next++ * 31))),
    );
  });

  function strings(get: string, sizes: string): string[] {
    expect(g.call(sizes, first, second)).toBe(0);
    const [count, bytes] = [g.view.getUint32(first, true), g.view.getUint32(second, true)];
    expect(g.call(get, list, text)).toBe(0);
    const found = Array.from({ length: count }, (_, i) => {
      const at = g.view.getUint32(list + i * 4, true);
      return new TextDecoder().decode(g.bytes.subarray(at, g.bytes.indexOf(0, at)));
    });
    const total = found.reduce((sum, one) => sum + new TextEncoder().encode(one).length + 1, 0);
    expect(bytes).toBe(total);
    return found;
  }

  it("finds its arguments and its environment", () => {
    expect(strings("args_get", "args_sizes_get")).toEqual(["prog", "two words", "ümläut", ""]);
    expect(strings("environ_get", "environ_sizes_get")).toEqual(["A=1", "EMPTY="]);
  });

  it("gets EFAULT for places outside of its memory", () => {
    const beyond = g.bytes.length - 4;
    expect(g.call("args_get", list, beyond)).toBe(Errno.fault);
    expect(g.call("args_sizes_get", beyond + 1, first)).toBe(Errno.fault);
    expect(g.call("clock_time_get", 0, 0n, beyond)).toBe(Errno.fault);
    expect(g.call("random_get", beyond, 5)).toBe(Errno.fault);
  });

  it("finds what it was granted by asking descriptor after descriptor", () => {
    grantMemory(g, 10, "/");
    grantMemory(g, 11, "/data/ü");
    const found: string[] = [];
    for (let fd = 3; ; fd++) {
      if (g.call("fd_prestat_get", fd, first) !== 0) break;
      expect(g.view.getUint32(first, true)).toBe(0);
      const bytes = g.view.getUint32(first + 4, true);
      expect(g.call("fd_prestat_dir_name", fd, text, bytes - 1)).toBe(Errno.nametoolong);
      expect(g.call("fd_prestat_dir_name", fd, text, bytes)).toBe(0);
      found.push(new TextDecoder().decode(g.bytes.subarray(text, text + bytes)));
    }
    expect(found).toEqual(["/", "/data/ü"]);
    expect(g.call("fd_prestat_get", 5, first)).toBe(Errno.badf);
    expect(g.call("fd_prestat_get", 0, first)).toBe(Errno.badf);
  });

  it("reads all clocks", () => {
    const time = (clock: number): bigint | number => {
      const errno = g.call("clock_time_get", clock, 0n, first);
      return errno === 0 ? g.view.getBigUint64(first, true) : -errno;
    };
    expect(time(0)).toBe(realtimeNs);
    g.host.timeNs = 2 ** 40 + 5;
    expect(time(1)).toBe(2n ** 40n + 5n);
    expect(time(2)).toBe(77n);
    expect(time(4)).toBe(-Errno.inval);
    expect(time(-1)).toBe(-Errno.inval);
    expect(g.call("clock_res_get", 0, first)).toBe(0);
    expect(g.view.getBigUint64(first, true)).toBe(1n);
    expect(g.call("clock_res_get", 9, first)).toBe(Errno.inval);
  });

  it("says so when a clock is not there", () => {
    g.host.serve(1, clockService({ realtimeNs: () => 0n }));
    expect(g.call("clock_time_get", 3, 0n, first)).toBe(Errno.notsup);
  });

  it("gets as many random bytes as it asks for, more than a message carries too", () => {
    const bytes = 2 * portalBytesMax + 3;
    expect(g.call("random_get", 4096, bytes)).toBe(0);
    const expected = Uint8Array.from({ length: bytes + 1 }, (_, i) => i * 31);
    expected[bytes] = 0;
    expect(g.bytes.slice(4096, 4096 + bytes + 1)).toEqual(expected);
    expect(g.call("random_get", 4096, 0)).toBe(0);
  });

  it("yields and goes on", () => {
    expect(g.call("sched_yield")).toBe(0);
  });

  it("exits with its code, or as a signal ends it", () => {
    const codeOf = (run: () => number): unknown => {
      try {
        return run();
      } catch (error) {
        return error instanceof ProgramExit ? error.code : error;
      }
    };
    expect(codeOf(() => g.call("proc_exit", 42))).toBe(42);
    expect(codeOf(() => g.call("proc_raise", 6))).toBe(134);
    expect(g.call("proc_raise", 16)).toBe(0);
    expect(g.call("proc_raise", 31)).toBe(Errno.inval);
  });

  it("has no sockets among its descriptors", () => {
    grantMemory(g, 10, "/");
    for (const name of ["sock_accept", "sock_recv", "sock_send", "sock_shutdown"]) {
      expect([name, g.call(name, 3, 0, 0)]).toEqual([name, Errno.notsock]);
      expect([name, g.call(name, 99, 0, 0)]).toEqual([name, Errno.badf]);
    }
  });

  it("gets EBADF where a server was taken away", () => {
    grantMemory(g, 10, "/");
    g.host.table.get(3)!.server = 55;
    expect(g.open("x")).toBe(-Errno.badf);
  });

  it("reads its arguments into memory that has grown meanwhile", () => {
    g.host.memory.grow(1);
    const at = g.bytes.length - 64;
    expect(g.call("args_get", at - 64, at)).toBe(0);
    expect(toText(g.bytes.subarray(at, at + 4))).toBe("prog");
  });
});

describe("the table of functions", () => {
  it("has all of preview 1", () => {
    expect(Object.keys(wasiFunctions)).toHaveLength(46);
    for (const name of changedSinceUnstable) expect(wasiFunctions).toHaveProperty(name);
  });
});

describe("a descriptor table", () => {
  it("survives being written down as text", () => {
    const g = new Guest();
    grantMemory(g, 10, "/");
    g.create("a", "0123456789");
    const fd = g.open("a");
    g.read(fd, 4);
    const rows = JSON.parse(JSON.stringify(g.host.table.exportRows()));
    expect(new DescriptorTable(rows).rows).toEqual(g.host.table.rows);
    expect(rows[fd]).toMatchObject({ offset: 4 });
  });
});
