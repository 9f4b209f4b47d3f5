/* Has the heap server change CHANGED_PAGES pages, ROUNDS times, and ends it. */
#include "shoal.h"

enum { HEAP_ENDPOINT = SHOAL_SLOT_FIRST_FREE };

SHOAL_MAIN() {
  for (int32_t round = 0; round < ROUNDS; round++) {
    shoal_status status = shoal_call(HEAP_ENDPOINT, 1, CHANGED_PAGES, 0, 0, 0, 0, 0);
    if (status != SHOAL_STATUS_OK) return 50 + status;
  }
  return shoal_call(HEAP_ENDPOINT, 2, 0, 0, 0, 0, 0, 0);
}
