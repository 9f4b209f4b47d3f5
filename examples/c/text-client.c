/*
 * Sends texts of several lengths to the text server and looks at every byte of what comes back. It exits
 * with 0, or with the number of the first text that came back wrong.
 */
#include "text.h"

static char sent[TEXT_BYTES_MAX], got[TEXT_BYTES_MAX];

static const int32_t lengths[] = {0, 1, 5, 64, 1000, TEXT_BYTES_MAX};

/* Letters of the alphabet, over and over. */
static char letter(int32_t i, char first) { return (char)(first + i % 26); }

static int32_t ask(int32_t bytes) {
  for (int32_t i = 0; i < bytes; i++) sent[i] = letter(i, 'a');
  struct shoal_descriptor out = {.direct_bytes = bytes, .direct = sent};
  struct shoal_descriptor in = {.direct_bytes = sizeof got, .direct = got};
  if (shoal_call_long(TEXT_ENDPOINT, TEXT_CAPITALS, &out, &in) != SHOAL_STATUS_OK) return 0;
  if (shoal_label() != TEXT_CAPITALS || shoal_word(0) != bytes || in.direct_bytes != bytes) return 0;
  for (int32_t i = 0; i < bytes; i++) {
    if (got[i] != letter(i, 'A')) return 0;
  }
  return 1;
}

SHOAL_MAIN() {
  for (int32_t i = 0; i < (int32_t)(sizeof lengths / sizeof lengths[0]); i++) {
    if (!ask(lengths[i])) return i + 1;
  }
  return shoal_call(TEXT_ENDPOINT, TEXT_STOP, 0, 0, 0, 0, 0, 0);
}
