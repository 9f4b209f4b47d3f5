// Small programs to be frozen, as text. Each says on its standard output what it finds afterwards.

const imports = `
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open
    (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "shoal" "syscall" (func $syscall (param i32) (result i32)))
  (memory (export "memory") 2)
  (func $must (param $errno i32)
    (if (local.get $errno) (then (call $exit (local.get $errno)))))
  ;; Writes bytes to a descriptor.
  (func $put (param $fd i32) (param $at i32) (param $count i32)
    (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $count))
    (call $must (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func $say (param $at i32) (param $count i32)
    (call $put (i32.const 1) (local.get $at) (local.get $count)))
  ;; Reads as much as there is to 2048; answers how much.
  (func $get (param $fd i32) (result i32)
    (i32.store (i32.const 0) (i32.const 2048)) (i32.store (i32.const 4) (i32.const 1024))
    (call $must (call $read (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.load (i32.const 8)))
  (func $sleep (param $ns i64)
    (memory.fill (i32.const 512) (i32.const 0) (i32.const 48))
    (i32.store (i32.const 528) (i32.const 1))
    (i64.store (i32.const 536) (local.get $ns))
    (call $must (call $poll (i32.const 512) (i32.const 640) (i32.const 1) (i32.const 12))))
  (func $now (result i64)
    (call $must (call $time (i32.const 1) (i64.const 1) (i32.const 16)))
    (i64.load (i32.const 16)))
  (data (i32.const 100) "file")
  (data (i32.const 110) "before")
  (data (i32.const 120) "and after")`;

const program = (body: string): string => `(module ${imports}
  (func (export "_start") (local $file i32) (local $from i64) ${body}))`;

/** Opens "file" in the first granted directory for reading and writing, new. */
const openFile = `
  (call $must (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 4) (i32.const 9)
    (i64.const 0x0fffffff) (i64.const 0) (i32.const 0) (i32.const 24)))
  (local.set $file (i32.load (i32.const 24)))`;

/** Goes to the beginning and shows what is in the file. */
const showFile = `
  (call $must (call $seek (local.get $file) (i64.const 0) (i32.const 0) (i32.const 32)))
  (call $say (i32.const 2048) (call $get (local.get $file)))`;

export const guests = {
  /** Open, write, write, seek, read, write: the freeze is after the second. */
  writes: program(`${openFile}
    (call $put (local.get $file) (i32.const 110) (i32.const 6))
    (call $put (local.get $file) (i32.const 120) (i32.const 9)) ${showFile}`),
  /** The same with a file that has no name any more. */
  unlinks: program(`${openFile}
    (call $must (call $unlink (i32.const 3) (i32.const 100) (i32.const 4)))
    (call $put (local.get $file) (i32.const 110) (i32.const 6))
    (call $put (local.get $file) (i32.const 120) (i32.const 9)) ${showFile}`),
  /** Says so, sleeps 1.5 s, and shows the nanoseconds that passed, as 8 bytes. */
  sleeps: program(`
    (local.set $from (call $now))
    (call $say (i32.const 110) (i32.const 6))
    (call $sleep (i64.const 1500000000))
    (i64.store (i32.const 40) (i64.sub (call $now) (local.get $from)))
    (call $say (i32.const 40) (i32.const 8))`),
  /** Says so, waits for input, and shows it. */
  waits: program(`
    (call $say (i32.const 110) (i32.const 6))
    (call $say (i32.const 2048) (call $get (i32.const 0)))`),
  /** Makes an endpoint in a slot of its own (objectCreate, kind 3), and waits for input. */
  owns: program(`
    (i32.store (i32.const 4096) (i32.const 1))
    (i32.store (i32.const 4100) (i32.const 100))
    (i32.store (i32.const 4104) (i32.const 3))
    (call $must (call $syscall (i32.const 4096)))
    (call $say (i32.const 110) (i32.const 6))
    (call $say (i32.const 2048) (call $get (i32.const 0)))`),
} as const;

export type GuestName = keyof typeof guests;
