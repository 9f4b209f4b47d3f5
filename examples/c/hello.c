/*
 * A program with the C library that makes kernel calls too: says hello, and what it can see of itself.
 */
#include <stdio.h>
#include "shoal.h"

static const char *kind_of(shoal_slot slot) {
  struct shoal_identity found;
  if (shoal_object_identify(slot, &found) != SHOAL_STATUS_OK) return "nothing";
  switch (found.kind) {
    case SHOAL_KIND_SPACE:
      return "a space";
    case SHOAL_KIND_THREAD:
      return "a thread";
    case SHOAL_KIND_FUTEX_QUEUE:
      return "a futex queue";
    case SHOAL_KIND_ENDPOINT:
      return "an endpoint";
    default:
      return "something else";
  }
}

int main(int argc, char **argv) {
  printf("Hello, %s!\n", argc > 1 ? argv[1] : "world");
  for (shoal_slot slot = SHOAL_SLOT_SPACE; slot <= SHOAL_SLOT_FUTEX_QUEUE; slot++) {
    printf("slot %d holds %s\n", (int)slot, kind_of(slot));
  }
  printf("slot %d holds %s\n", SHOAL_SLOT_FIRST_FREE, kind_of(SHOAL_SLOT_FIRST_FREE));
  return 0;
}
