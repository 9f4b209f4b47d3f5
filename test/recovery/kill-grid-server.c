/*
 * The server of the kill grid: it says each request once to the world outside, as a numbered line, and
 * answers with all that its client has told it so far, so that a request lost or heard twice shows. A line
 * says whose request it was, so that a repeat with another content shows.
 *
 *   w0 the number that is added, w1 the client. Answers w0 a hash of the numbers, w1 how many they were.
 */
#include <stdint.h>
#include <stdio.h>

#include "shoal.h"

enum { CLIENTS_MAX = 16 };

static int32_t counts[CLIENTS_MAX];
static uint32_t hashes[CLIENTS_MAX];

/* Where the grid writes a number when this program is to break, and zero in a new instance. */
#define BROKEN (*(volatile int32_t *)1024)

static void break_if_told(void) {
  if (BROKEN == 1) __builtin_trap();
  while (BROKEN == 2) continue;
  if (BROKEN != 3) return;
  while (__builtin_wasm_memory_grow(0, 16) != (size_t)-1) continue;
  __builtin_trap();
}

int main(void) {
  int32_t served = 0;
  shoal_status status = shoal_receive(SHOAL_SLOT_SERVED);
  while (status == SHOAL_STATUS_OK) {
    break_if_told();
    int32_t client = shoal_word(1) % CLIENTS_MAX;
    hashes[client] = hashes[client] * 31 + (uint32_t)shoal_word(0);
    counts[client]++;
    printf("effect %d of %d\n", ++served, (int)shoal_word(1));
    fflush(stdout);
    break_if_told();
    status = shoal_reply_and_receive(SHOAL_SLOT_SERVED, 0, (int32_t)hashes[client], counts[client], 0, 0, 0, 0);
  }
  return status;
}
