/*
 * Makes the requests that its arguments name, of the moody server: a label, or LABEL:W0, each. For each
 * it prints the status and, if that is 0, the two words of the answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shoal.h"

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    const char *colon = strchr(argv[i], ':');
    int32_t w0 = colon == NULL ? 0 : atoi(colon + 1);
    shoal_status status = shoal_call(SHOAL_SLOT_CONNECTED, atoi(argv[i]), w0, 0, 0, 0, 0, 0);
    if (status == SHOAL_STATUS_OK) printf("0 %d %d\n", shoal_word(0), shoal_word(1));
    else printf("%d\n", status);
    fflush(stdout);
  }
  return 0;
}
