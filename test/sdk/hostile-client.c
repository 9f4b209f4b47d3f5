/*
 * Calls the portal of the hostile program at every depth near the end of the stack. Its exit code is 0 if
 * it saw answers and traps and nothing else; it exports how many.
 */
#include "shoal.h"

enum { PORTAL = SHOAL_SLOT_FIRST_FREE, STEPS = 2500, ROUNDS = 2 };
enum { EXIT_ODD_STATUS = 30 };

static int32_t answers, traps;

SHOAL_EXPORT("answers") int32_t answer_count(void) { return answers; }
SHOAL_EXPORT("traps") int32_t trap_count(void) { return traps; }

/* Whether the portal answers at this depth. */
static int32_t is_answered(int32_t narrow, int32_t wide, int32_t rounds) {
  return shoal_call(PORTAL, 1, narrow, wide, rounds, 0, 0, 0) == SHOAL_STATUS_OK;
}

/* The depth at which the portal traps, about: it grows while the engine optimises. */
static int32_t limit(void) {
  int32_t low = 0, high = 1 << 20;
  while (high - low > 1) {
    int32_t middle = low + (high - low) / 2;
    if (is_answered(middle, 0, 0)) low = middle;
    else high = middle;
  }
  return low;
}

static int32_t sweep(int32_t wide) {
  const int32_t end = limit();
  const int32_t step = 1 + end / 8 / STEPS;
  for (int32_t depth = end - end / 8; depth < end + 40; depth += step) {
    shoal_status status = shoal_call(PORTAL, 1, depth, wide, ROUNDS, 0, 0, 0);
    if (status == SHOAL_STATUS_OK) answers++;
    else if (status == SHOAL_STATUS_PORTAL_FAULT) traps++;
    else return EXIT_ODD_STATUS;
  }
  return 0;
}

SHOAL_MAIN() {
  for (int32_t wide = 0; wide < 4; wide++) {
    int32_t wrong = sweep(wide);
    if (wrong != 0) return wrong;
  }
  return 0;
}
