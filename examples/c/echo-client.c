/*
 * A client of the echo server, in either form: sends pings and checks each answer. Its exit code is 0, or
 * says what was wrong.
 */
#include "echo.h"

enum { PING_COUNT = 5000 };

enum { EXIT_NO_REFUSAL = 40, EXIT_WRONG_LABEL, EXIT_WRONG_SUM, EXIT_WRONG_BADGE };

/* One ping; 0 if its answer is right, and `*badge` is what the server sees this client as. */
static int ping(int32_t i, int32_t *badge) {
  shoal_status status = shoal_call(ECHO_ENDPOINT, ECHO_PING, i, 2 * i, 0, 0, 0, 0);
  if (status != SHOAL_STATUS_OK) return status;
  if (shoal_label() != ECHO_PONG) return EXIT_WRONG_LABEL;
  if (shoal_word(0) != 3 * i) return EXIT_WRONG_SUM;
  *badge = shoal_word(1);
  return 0;
}

SHOAL_MAIN() {
  struct shoal_identity identity;
  shoal_status status = shoal_object_identify(ECHO_ENDPOINT, &identity);
  if (status != SHOAL_STATUS_OK) return status;
  for (int32_t i = 0; i < PING_COUNT; i++) {
    int32_t badge = 0;
    int wrong = ping(i, &badge);
    if (wrong != 0) return wrong;
    if (badge != identity.badge) return EXIT_WRONG_BADGE;
  }
  status = shoal_call(ECHO_ENDPOINT, 1, 0, 0, 0, 0, 0, 0);
  if (status != SHOAL_STATUS_OK) return status;
  if (shoal_label() != ECHO_UNKNOWN) return EXIT_NO_REFUSAL;
  return shoal_call(ECHO_ENDPOINT, ECHO_STOP, 0, 0, 0, 0, 0, 0);
}
