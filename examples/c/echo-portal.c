/*
 * An echo server as a portal: a function that the kernel calls on its client's time. Its own thread has
 * nothing to do and ends at once; the portal serves as long as its space is there.
 */
#include "echo.h"

int32_t shoal_portal(int32_t handler, int32_t badge, int32_t label, int32_t w0, int32_t w1, int32_t w2,
                     int32_t w3, int32_t w4, int32_t w5) {
  (void)w2, (void)w3, (void)w4, (void)w5;
  if (handler != ECHO_HANDLER || label != ECHO_PING) return ECHO_UNKNOWN;
  shoal_set_word(0, w0 + w1);
  shoal_set_word(1, badge);
  return ECHO_PONG;
}

SHOAL_MAIN() { return 0; }
