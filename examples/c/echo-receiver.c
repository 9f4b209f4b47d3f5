/*
 * An echo server as a receiver: a thread that answers a call and waits for the next one in a single
 * kernel call. Clients cannot tell it from the portal.
 */
#include "echo.h"

SHOAL_MAIN() {
  shoal_status status = shoal_receive(ECHO_ENDPOINT);
  while (status == SHOAL_STATUS_OK) {
    switch (shoal_label()) {
      case ECHO_PING:
        status = shoal_reply_and_receive(ECHO_ENDPOINT, ECHO_PONG, shoal_word(0) + shoal_word(1),
                                         shoal_badge(), 0, 0, 0, 0);
        break;
      case ECHO_STOP:
        return shoal_reply(0, ECHO_STOP, 0, 0, 0, 0, 0, 0);
      default:
        status = shoal_reply_and_receive(ECHO_ENDPOINT, ECHO_UNKNOWN, 0, 0, 0, 0, 0, 0);
    }
  }
  return status;
}
