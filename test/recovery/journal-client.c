/* Calls the journal server so often, and checks that it counts. */
#include <stdio.h>
#include <stdlib.h>

#include "shoal.h"

int main(int argc, char **argv) {
  int from = argc > 1 ? atoi(argv[1]) : 1, count = argc > 2 ? atoi(argv[2]) : 1;
  for (int i = 0; i < count; i++) {
    shoal_status status = shoal_call(SHOAL_SLOT_CONNECTED, 1, from + i, 0, 0, 0, 0, 0);
    if (status != SHOAL_STATUS_OK) return 50 + status;
    if (shoal_word(0) != from + i) return 99;
    printf("%d\n", from + i);
    fflush(stdout);
  }
  return 0;
}
