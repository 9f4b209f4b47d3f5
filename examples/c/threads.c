/*
 * Four threads count together: each adds to a counter that a mutex guards and to one of its own, in
 * variables that every thread has its own of. Then they pass a ball round in a ring, each waiting for
 * its turn on a word of memory.
 */
#include <stdio.h>
#include "threads.h"

enum { THREADS = 4, ROUNDS = 10000, TURNS = 400 };

static mutex lock;
static long total;
static _Thread_local long own;
static long owns[THREADS];
static int32_t turn;

static void count_and_play(void *arg) {
  int number = (int)(intptr_t)arg;
  for (int i = 0; i < ROUNDS; i++) {
    mutex_lock(&lock);
    total++;
    mutex_unlock(&lock);
    own++;
  }
  owns[number] = own;
  for (int32_t now; (now = __atomic_load_n(&turn, __ATOMIC_SEQ_CST)) < TURNS;) {
    if (now % THREADS == number) {
      __atomic_store_n(&turn, now + 1, __ATOMIC_SEQ_CST);
      __builtin_wasm_memory_atomic_notify(&turn, UINT32_MAX);
    } else {
      __builtin_wasm_memory_atomic_wait32(&turn, now, -1);
    }
  }
}

int main(void) {
  struct thread threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    int error = thread_start(&threads[i], count_and_play, (void *)(intptr_t)i);
    if (error != 0) return fprintf(stderr, "thread %d cannot start: error %d\n", i, error), 1;
  }
  for (int i = 0; i < THREADS; i++) thread_join(&threads[i]);
  printf("together %ld, of their own", total);
  for (int i = 0; i < THREADS; i++) printf(" %ld", owns[i]);
  printf(", main's %ld, turns %d\n", own, (int)turn);
  return 0;
}
