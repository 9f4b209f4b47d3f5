// The small program whose start-up is measured: it writes one line through WASI and exits. What it
// does itself takes microseconds, so what is left is the cost of starting a system to run it in.
import { assembleBytes } from "../floor/assemble.ts";

export const smallProgramOutput = "one line\n";

const text = `(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "${smallProgramOutput.replace("\n", "\\n")}")
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.const ${smallProgramOutput.length}))
    (call $exit (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))`;

export function smallProgram(): Uint8Array {
  return assembleBytes("small", text);
}
