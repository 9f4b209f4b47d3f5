/*
 * A worker of the pool: hands in a result and takes the next job with one call, which waits while there
 * is none. Its work is to count primes.
 */
#include "pool.h"

static int32_t is_prime(int32_t number) {
  for (int32_t divisor = 2; divisor * divisor <= number; divisor++) {
    if (number % divisor == 0) return 0;
  }
  return number >= 2;
}

static int32_t primes_up_to(int32_t number) {
  int32_t count = 0;
  for (int32_t i = 2; i <= number; i++) count += is_prime(i);
  return count;
}

SHOAL_MAIN() {
  int32_t ticket = 0;
  int32_t result = 0;
  for (;;) {
    shoal_status status = shoal_call(POOL_ENDPOINT, POOL_TAKE, ticket, result, 0, 0, 0, 0);
    if (status != SHOAL_STATUS_OK) return status;
    if (shoal_label() == POOL_END) return 0;
    ticket = shoal_word(0);
    result = primes_up_to(shoal_word(1));
  }
}
