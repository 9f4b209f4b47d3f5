/* Sends a request that always ends the server, then one that does not; both are to be answered. */
#include "tally.h"

SHOAL_MAIN() {
  shoal_status status = shoal_call(TALLY_ENDPOINT, TALLY_ADD, 5, 0, 0, 0, 0, 0);
  if (status != SHOAL_STATUS_OK || shoal_word(0) != 5) return 1;
  status = shoal_call(TALLY_ENDPOINT, TALLY_POISONS, 0, 0, 0, 0, 0, 0);
  if (status != SHOAL_STATUS_OK) return 50 + status;
  if (shoal_label() != TALLY_POISON) return 2;
  int32_t reason = shoal_word(0);
  status = shoal_call(TALLY_ENDPOINT, TALLY_ADD, 6, 0, 0, 0, 0, 0);
  if (status != SHOAL_STATUS_OK || shoal_label() != TALLY_DONE) return 3;
  if (shoal_word(0) != 11 || shoal_word(1) != 2) return 4;
  status = shoal_call(TALLY_ENDPOINT, TALLY_STOP, TALLY_CLIENTS, 0, 0, 0, 0, 0);
  return status == SHOAL_STATUS_OK ? 200 + reason : 5;
}
