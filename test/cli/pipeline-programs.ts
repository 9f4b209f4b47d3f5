// Small programs for pipes, as text: one that copies input to output, one that writes for ever and tells
// by its exit code why it stopped, and some that just end.

const imports = `
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 2)`;

const exits = (code: number): string => `(module ${imports}
  (func (export "_start") (call $exit (i32.const ${code}))))`;

/** One buffer of 64 KiB at 1024, its vector at 0. */
const buffer = `(i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 65536))`;

export const pipelinePrograms: Readonly<Record<string, string>> = {
  copies: `(module ${imports}
    (func (export "_start")
      (loop $more
        ${buffer}
        (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))
          (then (call $exit (i32.const 3))))
        (if (i32.load (i32.const 8)) (then
          (i32.store (i32.const 4) (i32.load (i32.const 8)))
          (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12))
            (then (call $exit (i32.const 4))))
          (br $more))))))`,
  floods: `(module ${imports}
    (func (export "_start") (local $errno i32)
      ${buffer}
      (loop $more
        (local.set $errno (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
        (br_if $more (i32.eqz (local.get $errno))))
      (call $exit (local.get $errno))))`,
  exits0: exits(0),
  exits7: exits(7),
  traps: `(module ${imports} (func (export "_start") (unreachable)))`,
  unlinkable: `(module (import "env" "magic" (func)) (memory (export "memory") 1)
    (func (export "_start")))`,
  /** Says that it is ready, in bold, and copies input to output. */
  greets: `(module ${imports}
    (data (i32.const 128) "\\1b[1mready\\1b[0m\\n")
    (func (export "_start")
      (i32.store (i32.const 0) (i32.const 128)) (i32.store (i32.const 4) (i32.const 14))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (loop $more
        ${buffer}
        (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))
          (then (call $exit (i32.const 3))))
        (if (i32.load (i32.const 8)) (then
          (i32.store (i32.const 4) (i32.load (i32.const 8)))
          (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
          (br $more))))))`,
  /** Copies input to output until the second end of input; says "end" at the first. */
  readsTwice: `(module ${imports}
    (data (i32.const 128) "ready end ")
    (func $say (param $at i32) (param $count i32)
      (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $count))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12))))
    (func (export "_start") (local $ends i32)
      (call $say (i32.const 128) (i32.const 6))
      (loop $more
        ${buffer}
        (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))
          (then (call $exit (i32.const 3))))
        (if (i32.load (i32.const 8))
          (then (call $say (i32.const 1024) (i32.load (i32.const 8))) (br $more)))
        (local.set $ends (i32.add (local.get $ends) (i32.const 1)))
        (if (i32.eq (local.get $ends) (i32.const 1))
          (then (call $say (i32.const 134) (i32.const 4)) (br $more))))))`,
  /** Shows each byte of input in hexadecimal, until a q. */
  readsKeys: `(module ${imports}
    (data (i32.const 128) "ready 0123456789abcdef")
    (func $say (param $at i32) (param $count i32)
      (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $count))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12))))
    (func $digit (param $value i32) (result i32)
      (i32.load8_u offset=134 (i32.and (local.get $value) (i32.const 15))))
    (func (export "_start") (local $byte i32)
      (call $say (i32.const 128) (i32.const 6))
      (i32.store8 (i32.const 66) (i32.const 32))
      (loop $more
        (i32.store (i32.const 0) (i32.const 200)) (i32.store (i32.const 4) (i32.const 1))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (local.set $byte (i32.load8_u (i32.const 200)))
        (i32.store8 (i32.const 64) (call $digit (i32.shr_u (local.get $byte) (i32.const 4))))
        (i32.store8 (i32.const 65) (call $digit (local.get $byte)))
        (call $say (i32.const 64) (i32.const 3))
        (br_if $more (i32.ne (local.get $byte) (i32.const 113))))))`,
  /** Writes all its variables, a zero after each. */
  showsEnvironment: `(module
    (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_get" (func $get (param i32 i32) (result i32)))
    ${imports}
    (func (export "_start")
      (drop (call $sizes (i32.const 16) (i32.const 20)))
      (drop (call $get (i32.const 128) (i32.const 1024)))
      (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.load (i32.const 20)))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`,
  /** Writes a megabyte to its output. */
  megabyte: `(module ${imports}
    (func (export "_start") (local $left i32)
      ${buffer}
      (local.set $left (i32.const 16))
      (loop $more
        (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12))
          (then (call $exit (i32.const 4))))
        (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))`,
  /** Says "tick" on standard error twenty times, ten milliseconds apart. */
  ticks: `(module
    (import "wasi_snapshot_preview1" "poll_oneoff"
      (func $poll (param i32 i32 i32 i32) (result i32)))
    ${imports}
    (data (i32.const 128) "tick\\n")
    (func (export "_start") (local $left i32)
      (i32.store (i32.const 272) (i32.const 1))
      (i64.store (i32.const 280) (i64.const 10000000))
      (local.set $left (i32.const 20))
      (loop $more
        (drop (call $poll (i32.const 256) (i32.const 512) (i32.const 1) (i32.const 8)))
        (i32.store (i32.const 0) (i32.const 128)) (i32.store (i32.const 4) (i32.const 5))
        (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))`,
  /** A hundred times 4095 letters o to standard output and one e to standard error. */
  alternates: `(module ${imports}
    (data (i32.const 128) "e")
    (func $say (param $fd i32) (param $at i32) (param $count i32)
      (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $count))
      (drop (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
    (func (export "_start") (local $left i32)
      (memory.fill (i32.const 1024) (i32.const 111) (i32.const 4095))
      (local.set $left (i32.const 100))
      (loop $more
        (call $say (i32.const 1) (i32.const 1024) (i32.const 4095))
        (call $say (i32.const 2) (i32.const 128) (i32.const 1))
        (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))`,
};
