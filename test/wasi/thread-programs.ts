// Programs with threads, in text form: what the first thread does, and what the others do with the
// argument they were given. Each exits with a number that says how it went.

/** `main` is the body of `_start`, `thread` that of a thread, with $tid and $arg. */
function program(main: string, thread: string, imports = ""): string {
  return `(module ${imports}
    (import "env" "memory" (memory 1 8 shared))
    (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
    (export "memory" (memory 0))
    (global $own (mut i32) (i32.const 0))
    (func $wait (param $at i32) (param $value i32) (result i32)
      (memory.atomic.wait32 (local.get $at) (local.get $value) (i64.const -1)))
    (func $raise (param $at i32) (param $value i32)
      (i32.atomic.store (local.get $at) (local.get $value))
      (drop (memory.atomic.notify (local.get $at) (i32.const -1))))
    ;; Waits until the word at $at is $count.
    (func $until (param $at i32) (param $count i32) (local $seen i32)
      (loop $again
        (local.set $seen (i32.atomic.load (local.get $at)))
        (if (i32.ne (local.get $seen) (local.get $count)) (then
          (drop (call $wait (local.get $at) (local.get $seen)))
          (br $again)))))
    (func $done (param $at i32)
      (drop (i32.atomic.rmw.add (local.get $at) (i32.const 1)))
      (drop (memory.atomic.notify (local.get $at) (i32.const -1))))
    (func $say (param $byte i32)
      (i32.store (i32.const 64) (i32.const 80)) (i32.store (i32.const 68) (i32.const 1))
      (i32.store8 (i32.const 80) (local.get $byte))
      (drop (call $write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 72))))
    (func $sleep (param $ns i64)
      (memory.fill (i32.const 1024) (i32.const 0) (i32.const 48))
      (i32.store (i32.const 1040) (i32.const 1))
      (i64.store (i32.const 1048) (local.get $ns))
      (drop (call $poll (i32.const 1024) (i32.const 1152) (i32.const 1) (i32.const 1216))))
    (func (export "_start") (local $i i32) (local $n i32) ${main})
    (func (export "wasi_thread_start") (param $tid i32) (param $arg i32) ${thread}))`;
}

const forever = `(drop (call $wait (i32.const 512) (i32.const 0)))`;
const spawnOne = `(drop (call $spawn (i32.const 7)))`;

export const threadPrograms: Readonly<Record<string, string>> = {
  // The thread's argument and number come back through the memory; its global is its own.
  shares: program(
    `(local.set $n (call $spawn (i32.const 7)))
     (call $until (i32.const 16) (i32.const 1))
     (call $exit (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 10))
       (i32.add (i32.eq (i32.load (i32.const 4)) (local.get $n)) (global.get $own))))`,
    `(i32.store (i32.const 0) (local.get $arg)) (i32.store (i32.const 4) (local.get $tid))
     (global.set $own (i32.const 100)) (call $done (i32.const 16))`,
  ),
  // A thousand threads, one after the other: all get a number, and each another than the one before.
  manyInTurn: program(
    `(loop $next
       (if (i32.le_s (call $spawn (i32.const 0)) (local.get $n)) (then (call $exit (i32.const 1))))
       (local.set $i (i32.add (local.get $i) (i32.const 1)))
       (call $until (i32.const 16) (local.get $i))
       ;; What has raised the word has still to end.
       (drop (call $yield))
       (br_if $next (i32.lt_u (local.get $i) (i32.const 1000))))`,
    `(call $done (i32.const 16))`,
  ),
  // As many at once as there can be; then one ends, and there is room for one.
  tooMany: program(
    `(block $full (loop $next
       (local.set $n (call $spawn (i32.const 0)))
       (br_if $full (i32.lt_s (local.get $n) (i32.const 0)))
       (local.set $i (i32.add (local.get $i) (i32.const 1)))
       (br $next)))
     (if (i32.ne (local.get $n) (i32.const -6)) (then (call $exit (i32.const 200))))
     (call $until (i32.const 16) (local.get $i)) (call $sleep (i64.const 1000000))
     (drop (memory.atomic.notify (i32.const 512) (i32.const 1)))
     (loop $ending
       (drop (call $yield))
       (br_if $ending (i32.lt_s (call $spawn (i32.const 0)) (i32.const 0))))
     (if (i32.ge_s (call $spawn (i32.const 0)) (i32.const 0)) (then (call $exit (i32.const 201))))
     (call $exit (local.get $i))`,
    `(call $done (i32.const 16)) ${forever}`,
  ),
  // More threads than a notification has bits wait for either of two servers, and each is woken.
  manyPoll: program(
    `(drop (call $pipe (i32.const 0) (i32.const 24)))
     (loop $next
       (drop (call $spawn (local.get $i)))
       (local.set $i (i32.add (local.get $i) (i32.const 1)))
       (br_if $next (i32.lt_u (local.get $i) (i32.const 70))))
     (call $until (i32.const 16) (i32.const 70)) (call $sleep (i64.const 1000000))
     (i32.store (i32.const 64) (i32.const 80)) (i32.store (i32.const 68) (i32.const 1))
     (drop (call $write (i32.load (i32.const 28)) (i32.const 64) (i32.const 1) (i32.const 72)))
     (call $until (i32.const 20) (i32.const 70))
     (call $exit (i32.load (i32.const 20)))`,
    `(local $at i32) (local $next i32)
     (local.set $at (i32.add (i32.const 4096) (i32.mul (local.get $arg) (i32.const 256))))
     (local.set $next (i32.add (local.get $at) (i32.const 48)))
     (i32.store8 (i32.add (local.get $at) (i32.const 8)) (i32.const 1))
     (i32.store8 (i32.add (local.get $next) (i32.const 8)) (i32.const 1))
     (i32.store (i32.add (local.get $next) (i32.const 16)) (i32.load (i32.const 24)))
     (call $done (i32.const 16))
     (drop (call $poll (local.get $at) (i32.add (local.get $at) (i32.const 96)) (i32.const 2)
       (i32.add (local.get $at) (i32.const 160))))
     (call $done (i32.const 20))`,
    `(import "shoal_process" "pipe" (func $pipe (param i32 i32) (result i32)))`,
  ),
  // The first thread returns while another waits for ever.
  mainReturns: program(
    `${spawnOne} (call $until (i32.const 16) (i32.const 1))`,
    `(call $done (i32.const 16)) ${forever}`,
  ),
  // A thread exits while the first waits: for memory, for time, for input.
  exitsMemory: program(`${spawnOne} ${forever}`, `(call $exit (local.get $arg))`),
  exitsTime: program(
    `${spawnOne} (call $sleep (i64.const 3600000000000))`,
    `(call $exit (local.get $arg))`,
  ),
  exitsInput: program(
    `${spawnOne}
     (i32.store (i32.const 96) (i32.const 2048)) (i32.store (i32.const 100) (i32.const 10))
     (drop (call $read (i32.const 0) (i32.const 96) (i32.const 1) (i32.const 104)))`,
    `(call $exit (local.get $arg))`,
  ),
  // Others are ready to run when the process ends, and say nothing any more.
  exitsSilently: program(
    `(drop (call $spawn (i32.const 0))) (drop (call $spawn (i32.const 0)))
     (call $until (i32.const 16) (i32.const 2))
     (call $raise (i32.const 20) (i32.const 1)) (call $exit (i32.const 5))`,
    `(call $done (i32.const 16)) (drop (call $wait (i32.const 20) (i32.const 0)))
     (loop $on (call $say (i32.const 33)) (drop (call $yield)) (br $on))`,
  ),
  trapsInThread: program(`${spawnOne} ${forever}`, `(unreachable)`),
  trapsInMain: program(
    `${spawnOne} (call $until (i32.const 16) (i32.const 1)) (unreachable)`,
    `(call $done (i32.const 16)) ${forever}`,
  ),
  // A thread ends by returning, and the others go on.
  threadReturns: program(
    `${spawnOne} (call $until (i32.const 16) (i32.const 1))
     (call $sleep (i64.const 1000000)) (call $exit (i32.const 3))`,
    `(call $done (i32.const 16))`,
  ),
  // Descriptors are everybody's.
  closes: program(
    `${spawnOne} (call $until (i32.const 16) (i32.const 1))
     (i32.store (i32.const 64) (i32.const 80)) (i32.store (i32.const 68) (i32.const 1))
     (call $exit (call $write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 72)))`,
    `(drop (call $close (i32.const 1))) (call $done (i32.const 16))`,
  ),
  // Neither gives way by itself: the first spins until the thread has spun for a while.
  spins: program(
    `${spawnOne} (loop $on (br_if $on (i32.eqz (i32.atomic.load (i32.const 16)))))
     (call $exit (i32.const 9))`,
    `(loop $on (br_if $on (i32.lt_u (i32.atomic.rmw.add (i32.const 20) (i32.const 1)) (i32.const 3000000))))
     (i32.atomic.store (i32.const 16) (i32.const 1))`,
  ),
  // What the instructions answer: 1 for another value, 2 for time, 0 for woken; counts of those woken.
  answers: program(
    `(i64.store (i32.const 32) (i64.const 0x100000005))
     (if (i32.ne (memory.atomic.wait32 (i32.const 32) (i32.const 6) (i64.const -1)) (i32.const 1)) (then (call $exit (i32.const 1))))
     (if (i32.ne (memory.atomic.wait64 (i32.const 32) (i64.const 5) (i64.const -1)) (i32.const 1)) (then (call $exit (i32.const 2))))
     (if (i32.ne (memory.atomic.wait64 (i32.const 32) (i64.const 0x100000005) (i64.const 2000000)) (i32.const 2)) (then (call $exit (i32.const 3))))
     (if (i32.ne (memory.atomic.wait32 (i32.const 32) (i32.const 5) (i64.const 0)) (i32.const 2)) (then (call $exit (i32.const 4))))
     (if (memory.atomic.notify (i32.const 32) (i32.const -1)) (then (call $exit (i32.const 5))))
     (drop (call $spawn (i32.const 0))) (drop (call $spawn (i32.const 0))) (drop (call $spawn (i32.const 0)))
     (call $until (i32.const 16) (i32.const 3)) (call $sleep (i64.const 1000000))
     (if (memory.atomic.notify (i32.const 32) (i32.const 0)) (then (call $exit (i32.const 6))))
     (if (i32.ne (memory.atomic.notify (i32.const 32) (i32.const 2)) (i32.const 2)) (then (call $exit (i32.const 7))))
     (if (i32.ne (memory.atomic.notify (i32.const 32) (i32.const -1)) (i32.const 1)) (then (call $exit (i32.const 8))))
     (call $until (i32.const 20) (i32.const 3))`,
    `(call $done (i32.const 16))
     (if (memory.atomic.wait64 (i32.const 32) (i64.const 0x100000005) (i64.const -1)) (then (call $exit (i32.const 9))))
     (call $done (i32.const 20))`,
  ),
  // A thread makes the memory larger, and the first has calls read and write beyond its old end.
  grows: program(
    `${spawnOne} (call $until (i32.const 16) (i32.const 1))
     (if (i32.ne (memory.size) (i32.const 3)) (then (call $exit (i32.const 1))))
     (if (call $random (i32.const 131072) (i32.const 65536)) (then (call $exit (i32.const 2))))
     (if (i64.eqz (i64.load (i32.const 196600))) (then (call $exit (i32.const 3))))
     (i32.store (i32.const 131072) (i32.const 131080)) (i32.store (i32.const 131076) (i32.const 4))
     (i32.store (i32.const 131080) (i32.const 0x6e776f67))
     (if (call $write (i32.const 1) (i32.const 131072) (i32.const 1) (i32.const 131088)) (then (call $exit (i32.const 4))))
     (if (i32.ne (i32.load (i32.const 131088)) (i32.const 4)) (then (call $exit (i32.const 5))))`,
    `(drop (memory.grow (i32.const 2))) (call $done (i32.const 16))`,
  ),
  // Three wait at once: one for input, one for time, the first for both. Answers how much input came.
  waitsEverywhere: program(
    `(drop (call $spawn (i32.const 1))) (drop (call $spawn (i32.const 2)))
     (call $until (i32.const 16) (i32.const 2))
     (call $exit (i32.add (i32.load (i32.const 3008)) (i32.load8_u (i32.const 3100))))`,
    `(if (i32.eq (local.get $arg) (i32.const 1))
       (then
         (i32.store (i32.const 3000) (i32.const 3100)) (i32.store (i32.const 3004) (i32.const 50))
         (drop (call $read (i32.const 0) (i32.const 3000) (i32.const 1) (i32.const 3008))))
       (else
         (call $sleep (i64.const 2000000)) (call $say (i32.const 115))))
     (call $done (i32.const 16))`,
  ),
  // How many pages it can grow by, one at a time.
  growsToLimit: program(
    `(loop $on (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1)) (then
       (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $on))))
     (call $exit (local.get $n))`,
    ``,
  ),
};

/** Programs that are refused, with what they are told. */
export const unfitPrograms: readonly (readonly [name: string, wat: string, says: RegExp])[] = [
  [
    "has no place for threads to begin",
    `(module (import "env" "memory" (memory 1 2 shared))
       (import "wasi" "thread-spawn" (func (param i32) (result i32))) (func (export "_start")))`,
    /--export=wasi_thread_start/,
  ],
  [
    "has a memory that its threads could not share",
    `(module (import "wasi" "thread-spawn" (func (param i32) (result i32)))
       (memory (export "memory") 1) (func (export "_start")) (func (export "wasi_thread_start") (param i32 i32)))`,
    /--shared-memory/,
  ],
];
