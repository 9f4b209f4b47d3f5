/*
 * Sends texts of many lengths through a session and looks at every byte of what comes back. The server
 * is echo-long.c. It exits with 0, or with the number of the length at which something was wrong.
 */
#include "shoal.h"

enum { MAX = SHOAL_LIMIT_PORTAL_BYTES };

static unsigned char sent[MAX + 1], got[MAX + 1];

static const int32_t lengths[] = {0, 1, 63, 64, 65, 4096, 65535, 65536, 65537, 500000, MAX - 1, MAX};

static int32_t call(int32_t bytes, int32_t room, struct shoal_descriptor *in) {
  struct shoal_descriptor out = {.direct_bytes = bytes, .direct = sent};
  *in = (struct shoal_descriptor){.direct_bytes = room, .direct = got};
  return shoal_call_long(SHOAL_SLOT_CONNECTED, 0, &out, in);
}

static int32_t is_echoed(int32_t bytes) {
  struct shoal_descriptor in;
  for (int32_t i = 0; i < bytes; i++) sent[i] = (unsigned char)(i * 7 + bytes);
  if (call(bytes, sizeof got, &in) != SHOAL_STATUS_OK || in.direct_bytes != bytes) return 0;
  for (int32_t i = 0; i < bytes; i++) {
    if (got[i] != sent[i]) return 0;
  }
  return 1;
}

/* What cannot go through a session: too many bytes, words beyond the registers, a capability. */
static int32_t are_refused(void) {
  struct shoal_descriptor in;
  if (call(MAX + 1, sizeof got, &in) != SHOAL_STATUS_MESSAGE_TOO_LONG) return 0;
  int32_t words[2] = {1, 2};
  struct shoal_descriptor more = {.word_count = 2, .words = words};
  if (shoal_call_long(SHOAL_SLOT_CONNECTED, 0, &more, NULL) != SHOAL_STATUS_MESSAGE_TOO_LONG) return 0;
  int32_t slots[1] = {SHOAL_SLOT_FUTEX_QUEUE};
  struct shoal_descriptor gift = {.capability_count = 1, .capabilities = slots};
  if (shoal_call_long(SHOAL_SLOT_CONNECTED, 0, &gift, NULL) == SHOAL_STATUS_OK) return 0;
  /* An answer for which there is no room. */
  return call(100, 10, &in) == SHOAL_STATUS_PARTNER_GONE;
}

SHOAL_MAIN() {
  int32_t count = sizeof lengths / sizeof lengths[0];
  for (int32_t i = 0; i < count; i++) {
    if (!is_echoed(lengths[i])) return i + 1;
  }
  if (!are_refused()) return count + 1;
  return is_echoed(1000) ? 0 : count + 2;
}
