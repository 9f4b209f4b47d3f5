/*
 * A server that does what its client says, good or bad. Each answer has w0, the number of requests that it
 * was told so far, and w1, the badge of its client.
 */
#include "shoal.h"

enum { COUNT = 1, SPIN, TRAP, KEEP, RELEASE, SLEEP, EXIT };

enum { KEPT_SLOT = SHOAL_SLOT_FIRST_FREE };

static volatile int32_t spinning = 1;

SHOAL_MAIN() {
  int32_t count = 0;
  shoal_status status = shoal_receive(SHOAL_SLOT_SERVED);
  while (status == SHOAL_STATUS_OK) {
    int32_t badge = shoal_badge(), w0 = shoal_word(0);
    count++;
    switch (shoal_label()) {
      case SPIN:
        while (spinning) {
        }
        break;
      case TRAP:
        __builtin_trap();
      case KEEP: /* answers when somebody releases it */
        shoal_save_reply(KEPT_SLOT);
        status = shoal_receive(SHOAL_SLOT_SERVED);
        continue;
      case RELEASE:
        shoal_reply(KEPT_SLOT, 0, count, 0, 0, 0, 0, 0);
        break;
      case SLEEP:
        shoal_thread_sleep(w0);
        break;
      case EXIT:
        return w0;
    }
    status = shoal_reply_and_receive(SHOAL_SLOT_SERVED, 0, count, badge, 0, 0, 0, 0);
  }
  return status;
}
