/*
 * Threads without a C library for them: what wasm_thread_start, mutexes and joins need, made of the
 * instructions for shared memory and of one import, `wasi.thread-spawn`. A program that includes this is
 * compiled with -matomics -mbulk-memory and linked with --shared-memory, --import-memory,
 * --max-memory=N and --export=wasi_thread_start.
 */
#ifndef THREADS_H
#define THREADS_H

#include <stdint.h>
#include <stdlib.h>

__attribute__((import_module("wasi"), import_name("thread-spawn"))) int32_t wasi_thread_spawn(void *arg);

/* The linker's: where a thread's own variables stand, and the function that sets them up. */
void __wasm_init_tls(void *memory);

static inline size_t tls_size(void) { return __builtin_wasm_tls_size(); }
static inline size_t tls_align(void) { return __builtin_wasm_tls_align(); }

enum { THREAD_STACK_SIZE = 64 * 1024 };

struct thread {
  /* The assembly below reads the first two. */
  void *stack_top;
  void *tls;
  void (*run)(void *);
  void *arg;
  int32_t done;
  int32_t id;
  void *memory;
};

/* What runs on the thread's own stack. */
__attribute__((used)) static void thread_main(struct thread *thread) {
  thread->run(thread->arg);
  __atomic_store_n(&thread->done, 1, __ATOMIC_SEQ_CST);
  __builtin_wasm_memory_atomic_notify(&thread->done, UINT32_MAX);
}

/* Where the host starts a thread. It has no stack yet, so that this cannot be C. */
__asm__(
    ".globaltype __stack_pointer, i32\n"
    ".globl wasi_thread_start\n"
    ".export_name wasi_thread_start, wasi_thread_start\n"
    ".functype __wasm_init_tls (i32) -> ()\n"
    ".functype thread_main (i32) -> ()\n"
    ".type wasi_thread_start,@function\n"
    "wasi_thread_start:\n"
    "  .functype wasi_thread_start (i32, i32) -> ()\n"
    "  local.get 1\n"
    "  i32.load 0\n"
    "  global.set __stack_pointer\n"
    "  local.get 1\n"
    "  i32.load 4\n"
    "  call __wasm_init_tls\n"
    "  local.get 1\n"
    "  call thread_main\n"
    "  end_function\n");

/* Starts a thread that runs a function. 0, or the errno: EAGAIN if there are too many. */
static inline int thread_start(struct thread *thread, void (*run)(void *), void *arg) {
  size_t align = tls_align() < 16 ? 16 : tls_align();
  size_t tls_bytes = (tls_size() + align - 1) / align * align;
  char *memory = aligned_alloc(align, THREAD_STACK_SIZE + tls_bytes);
  if (memory == NULL) return 48; /* ENOMEM */
  *thread = (struct thread){memory + THREAD_STACK_SIZE, memory + THREAD_STACK_SIZE, run, arg, 0, 0, memory};
  int32_t id = wasi_thread_spawn(thread);
  if (id < 0) {
    free(memory);
    return -id;
  }
  thread->id = id;
  return 0;
}

/* Waits until a thread has ended, and lets go of its stack. */
static inline void thread_join(struct thread *thread) {
  while (__atomic_load_n(&thread->done, __ATOMIC_SEQ_CST) == 0) {
    __builtin_wasm_memory_atomic_wait32(&thread->done, 0, -1);
  }
  free(thread->memory);
}

/* 0: free, 1: held, 2: held and waited for. */
typedef int32_t mutex;

static inline void mutex_lock(mutex *m) {
  int32_t seen = 0;
  if (__atomic_compare_exchange_n(m, &seen, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) return;
  while (__atomic_exchange_n(m, 2, __ATOMIC_SEQ_CST) != 0) __builtin_wasm_memory_atomic_wait32(m, 2, -1);
}

static inline void mutex_unlock(mutex *m) {
  if (__atomic_exchange_n(m, 0, __ATOMIC_SEQ_CST) == 2) __builtin_wasm_memory_atomic_notify(m, 1);
}

#endif
