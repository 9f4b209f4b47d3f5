/*
 * A server with much memory, all of it different, of which each request changes the first bytes of so many
 * pages as its word w0 says. It ends at the label 2.
 */
#include "shoal.h"

enum { HEAP_ENDPOINT = SHOAL_SLOT_FIRST_FREE, HEAP_STOP = 2, PAGE_BYTES = 16384, WORDS = HEAP_BYTES / 4 };

enum { WASM_PAGE_BYTES = 65536 };

static uint32_t *heap;

static void fill(void) {
  heap = (uint32_t *)(__builtin_wasm_memory_grow(0, HEAP_BYTES / WASM_PAGE_BYTES) * WASM_PAGE_BYTES);
  uint32_t state = 1;
  for (uint32_t i = 0; i < WORDS; i++) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    heap[i] = state;
  }
}

SHOAL_MAIN() {
  fill();
  shoal_status status = shoal_receive(HEAP_ENDPOINT);
  for (uint32_t turn = 1; status == SHOAL_STATUS_OK; turn++) {
    if (shoal_label() == HEAP_STOP) return shoal_reply(0, 0, 0, 0, 0, 0, 0, 0);
    uint32_t pages = (uint32_t)shoal_word(0);
    for (uint32_t page = 0; page < pages; page++) heap[page * (PAGE_BYTES / 4)] += turn;
    status = shoal_reply_and_receive(HEAP_ENDPOINT, 0, 0, 0, 0, 0, 0, 0);
  }
  return status;
}
