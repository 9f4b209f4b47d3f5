/* A server that hands every request on to another, and its answer back. */
#include "shoal.h"

SHOAL_MAIN() {
  shoal_status status = shoal_receive(SHOAL_SLOT_SERVED);
  while (status == SHOAL_STATUS_OK) {
    int32_t label = shoal_label(), w0 = shoal_word(0), w1 = shoal_word(1), w2 = shoal_word(2);
    status = shoal_call(SHOAL_SLOT_CONNECTED, label, w0, w1, w2, 0, 0, 0);
    if (status != SHOAL_STATUS_OK) return status;
    status = shoal_reply_and_receive(SHOAL_SLOT_SERVED, shoal_label(), shoal_word(0), shoal_word(1),
                                     shoal_word(2), shoal_word(3), 0, 0);
  }
  return status;
}
