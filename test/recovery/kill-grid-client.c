/*
 * A client of the kill grid: `client NUMBER ROUNDS`. It checks every answer, says each in a numbered line,
 * and ends with 0, or with 100 and the round in which an answer was wrong.
 */
#include <stdio.h>
#include <stdlib.h>

#include "shoal.h"

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int32_t number = atoi(argv[1]), rounds = atoi(argv[2]);
  uint32_t hash = 0;
  for (int32_t round = 1; round <= rounds; round++) {
    int32_t value = round * 17 + number;
    hash = hash * 31 + (uint32_t)value;
    shoal_status status = shoal_call(SHOAL_SLOT_CONNECTED, 1, value, number, 0, 0, 0, 0);
    if (status != SHOAL_STATUS_OK) return 50 + status;
    if (shoal_label() != 0 || (uint32_t)shoal_word(0) != hash || shoal_word(1) != round) return 100 + round;
    printf("effect %d\n", round);
    fflush(stdout);
  }
  return 0;
}
