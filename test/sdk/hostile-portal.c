/* The hostile program as a portal: it attacks on its caller's stack. */
#include "hostile.h"

/* w0: how deep in narrow frames, w1: in wide ones, w2: rounds of attack. Only its trap is of interest. */
int32_t shoal_portal(int32_t handler, int32_t badge, int32_t label, int32_t w0, int32_t w1, int32_t w2,
                     int32_t w3, int32_t w4, int32_t w5) {
  (void)handler, (void)badge, (void)w3, (void)w4, (void)w5;
  attack_from(w0, w1, w2);
  return label;
}
