/* A client of the worker pool: submits jobs of growing size and checks the results. */
#include "pool.h"

/* How many primes there are up to 100, 200, 300 and so on. */
static const int32_t expected[] = {25, 46, 62, 78, 95, 109, 125, 139, 154, 168};

enum { ROUNDS = 20, EXIT_WRONG_COUNT = 60, EXIT_WRONG_LABEL };

SHOAL_MAIN() {
  const int32_t sizes = (int32_t)(sizeof expected / sizeof *expected);
  for (int32_t i = 0; i < ROUNDS * sizes; i++) {
    int32_t size = i % sizes;
    shoal_status status = shoal_call(POOL_ENDPOINT, POOL_SUBMIT, (size + 1) * 100, 0, 0, 0, 0, 0);
    if (status != SHOAL_STATUS_OK) return status;
    if (shoal_label() != POOL_DONE) return EXIT_WRONG_LABEL;
    if (shoal_word(0) != expected[size]) return EXIT_WRONG_COUNT;
  }
  return shoal_call(POOL_ENDPOINT, POOL_LEAVE, 0, 0, 0, 0, 0, 0);
}
