/* A client of the tally server. Its exit code is 0, or the round in which an answer was wrong, plus 100. */
#include "tally.h"

static uint8_t note[TALLY_NOTE_BYTES_MAX];

static uint32_t write_note(uint32_t hash, int32_t round, int32_t bytes) {
  for (int32_t i = 0; i < bytes; i++) {
    note[i] = (uint8_t)(round * 31 + i * 7);
    hash = (hash ^ note[i]) * 16777619u;
  }
  return hash;
}

static shoal_status send_note(int32_t bytes) {
  struct shoal_descriptor send = {.direct_bytes = bytes, .direct = note};
  return shoal_call_long(TALLY_ENDPOINT, TALLY_NOTE, &send, 0);
}

SHOAL_MAIN() {
  int32_t sum = 0;
  uint32_t hash = 0;
  for (int32_t round = 1; round <= TALLY_ROUNDS; round++) {
    shoal_status status;
    if (round % 3 == 0) {
      int32_t bytes = (round * 97) % TALLY_NOTE_BYTES_MAX;
      hash = write_note(hash, round, bytes);
      status = send_note(bytes);
    } else {
      sum += round;
      status = shoal_call(TALLY_ENDPOINT, TALLY_ADD, round, 0, 0, 0, 0, 0);
    }
    if (status != SHOAL_STATUS_OK) return 50 + status;
    if (shoal_label() != TALLY_DONE) return 99;
    if (shoal_word(0) != sum || shoal_word(1) != round || (uint32_t)shoal_word(2) != hash) return 100 + round;
  }
  return shoal_call(TALLY_ENDPOINT, TALLY_STOP, TALLY_CLIENTS, 0, 0, 0, 0, 0);
}
