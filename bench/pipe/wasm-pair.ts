// Two wasm programs joined by a pipe: one writes a buffer again and again, the other reads until the end
// and counts. The count leaves through the second program's output, as eight bytes.
import { prepareModule, runPipeline, type RunPipelineOptions } from "../../src/boot/index.ts";
import { assembleBytes } from "../floor/assemble.ts";
import type { Timed } from "../harness/rounds.ts";

const buffer = 1024;
const pageBytes = 65_536;

/** What both import, and a memory with room for one buffer. */
const head = (chunkBytes: number): string => `
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") ${Math.ceil((buffer + chunkBytes) / pageBytes)})`;

const vector = (address: number, bytes: number): string =>
  `(i32.store (i32.const 0) (i32.const ${address})) (i32.store (i32.const 4) (i32.const ${bytes}))`;

const writer = (chunkBytes: number, count: number): string => `(module ${head(chunkBytes)}
  (func (export "_start") (local $left i32) (local $errno i32)
    ${vector(buffer, chunkBytes)}
    (local.set $left (i32.const ${count}))
    (loop $more
      (local.set $errno (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (if (local.get $errno) (then (call $exit (local.get $errno))))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $more (local.get $left)))))`;

const reader = (chunkBytes: number): string => `(module ${head(chunkBytes)}
  (func (export "_start") (local $errno i32)
    ${vector(buffer, chunkBytes)}
    (loop $more
      (local.set $errno (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (if (local.get $errno) (then (call $exit (local.get $errno))))
      (i64.store (i32.const 16)
        (i64.add (i64.load (i32.const 16)) (i64.extend_i32_u (i32.load (i32.const 8)))))
      (br_if $more (i32.load (i32.const 8))))
    ${vector(16, 8)}
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`;

/** A function that runs the pair once: what the reader counted, and how long it took. */
export async function preparePair(
  chunkBytes: number,
  totalBytes: number,
): Promise<() => Promise<Timed>> {
  const prepared = await Promise.all(
    [writer(chunkBytes, totalBytes / chunkBytes), reader(chunkBytes)].map((text, i) =>
      prepareModule(assembleBytes(`pipe-${i}`, text), { fuel: false, capture: "none" }),
    ),
  );
  const programs = prepared.map((one, i) => ({ prepared: one, args: [`program${i}`], env: [] }));
  return () => runPair(programs);
}

async function runPair(programs: RunPipelineOptions["programs"]): Promise<Timed> {
  let startNs = 0n;
  let checksum = -1;
  const ends = await runPipeline({
    programs,
    grants: [],
    console: {
      streams: ["file", "file", "file"],
      write: (_stream, bytes) => {
        checksum = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
        return bytes.length;
      },
      read: () => 0,
      available: () => 0,
      onReady: undefined,
    },
    onStart: () => (startNs = process.hrtime.bigint()),
  });
  const elapsedNs = Number(process.hrtime.bigint() - startNs);
  const failed = ends.find(({ code }) => code !== 0);
  if (failed !== undefined) throw new RangeError(`a program of the pair ended with ${failed.code}`);
  return { checksum, elapsedNs };
}
