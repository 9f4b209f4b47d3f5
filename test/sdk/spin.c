/* Programs that never end: from their thread, or in their portal, on their caller's time. */
#include "shoal.h"

static volatile int32_t count;

int32_t shoal_portal(int32_t handler, int32_t badge, int32_t label, int32_t w0, int32_t w1, int32_t w2,
                     int32_t w3, int32_t w4, int32_t w5) {
  (void)badge, (void)w0, (void)w1, (void)w2, (void)w3, (void)w4, (void)w5;
  while (handler != 0) count++;
  return label;
}

SHOAL_MAIN() {
  for (;;) count++;
}
