/*
 * A program that tests the kernel's interface from C: it makes objects of its own and looks at every
 * status. It exits with 0, or with the place of its first failure: see self-test.h.
 */
#include "self-test.h"

int32_t failure;

void expect(int32_t is_right, int32_t part, int32_t line) {
  if (!is_right && failure == 0) failure = part * 10000 + line;
}

SHOAL_MAIN() {
  test_objects();
  test_capabilities();
  test_waits();
  test_messages();
  test_memory();
  return failure;
}
