/* Answers w0 the milliseconds of its monotonic clock, whoever asks. */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "shoal.h"

int main(void) {
  shoal_status status = shoal_receive(SHOAL_SLOT_SERVED);
  while (status == SHOAL_STATUS_OK) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 2;
    int32_t ms = (int32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
    status = shoal_reply_and_receive(SHOAL_SLOT_SERVED, 0, ms, 0, 0, 0, 0, 0);
  }
  return status;
}
