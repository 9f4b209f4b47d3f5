// Two native processes joined by a pipe of the host: the same bytes, in writes and reads of the same size.
import { spawnSync } from "node:child_process";
import { BenchUnavailableError } from "../harness/bench.ts";

/** Runs the pair; answers how many bytes the second one read. */
export function nativePair(chunkBytes: number, totalBytes: number): number {
  const count = totalBytes / chunkBytes;
  const script = `dd if=/dev/zero bs=${chunkBytes} count=${count} 2>/dev/null | dd of=/dev/null bs=${chunkBytes}`;
  const { status, stderr } = spawnSync("sh", ["-c", script], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  const bytes = /^(\d+) bytes/m.exec(stderr)?.[1];
  if (status !== 0 || bytes === undefined) {
    throw new BenchUnavailableError("pipe", "sh or dd is not there", "install coreutils");
  }
  return Number(bytes);
}
