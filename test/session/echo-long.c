/* Answers every message with its own bytes. */
#include "shoal.h"

static char text[SHOAL_LIMIT_PORTAL_BYTES];

SHOAL_MAIN() {
  struct shoal_descriptor came = {.direct_bytes = sizeof text, .direct = text};
  shoal_status status = shoal_receive_long(SHOAL_SLOT_SERVED, &came);
  while (status == SHOAL_STATUS_OK) {
    struct shoal_descriptor answer = came;
    came.direct_bytes = sizeof text;
    status = shoal_reply_and_receive_long(SHOAL_SLOT_SERVED, 0, &answer, &came);
  }
  return status;
}
