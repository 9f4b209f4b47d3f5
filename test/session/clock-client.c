/* Prints what the server's clock says. */
#include <stdio.h>

#include "shoal.h"

int main(void) {
  shoal_status status = shoal_call(SHOAL_SLOT_CONNECTED, 0, 0, 0, 0, 0, 0, 0);
  if (status != SHOAL_STATUS_OK) return status;
  printf("%d\n", (int)shoal_word(0));
  return 0;
}
