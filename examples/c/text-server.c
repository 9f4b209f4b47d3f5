/*
 * A server of long messages: it gets a text and answers it in capital letters. The text is copied once,
 * from the client's memory into the buffer below, and the answer once more, the other way.
 */
#include "text.h"

static char text[TEXT_BYTES_MAX];

static void capitalize(int32_t bytes) {
  for (int32_t i = 0; i < bytes; i++) {
    if (text[i] >= 'a' && text[i] <= 'z') text[i] += 'A' - 'a';
  }
}

SHOAL_MAIN() {
  struct shoal_descriptor came = {.direct_bytes = sizeof text, .direct = text};
  shoal_status status = shoal_receive_long(TEXT_ENDPOINT, &came);
  while (status == SHOAL_STATUS_OK && shoal_label() != TEXT_STOP) {
    int32_t label = shoal_label() == TEXT_CAPITALS ? TEXT_CAPITALS : TEXT_UNKNOWN;
    capitalize(came.direct_bytes);
    struct shoal_descriptor answer = came;
    came.direct_bytes = sizeof text;
    shoal_set_word(0, answer.direct_bytes);
    status = shoal_reply_and_receive_long(TEXT_ENDPOINT, label, &answer, &came);
  }
  if (status != SHOAL_STATUS_OK) return status;
  return shoal_reply(0, TEXT_STOP, 0, 0, 0, 0, 0, 0);
}
