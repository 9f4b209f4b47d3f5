/* The tally server. It ends when as many clients as w0 of the first STOP says have said STOP. */
#include "tally.h"

struct tally {
  int32_t sum;
  int32_t count;
  uint32_t hash;
};

static struct tally tallies[TALLY_CLIENTS_MAX];
static uint8_t note[TALLY_NOTE_BYTES_MAX];
static struct shoal_descriptor room;

static void make_room(void) {
  room = (struct shoal_descriptor){.direct_bytes = sizeof note, .direct = note};
}

static uint32_t hashed(uint32_t hash, int32_t bytes) {
  for (int32_t i = 0; i < bytes; i++) hash = (hash ^ note[i]) * 16777619u;
  return hash;
}

SHOAL_MAIN() {
  int32_t stopped = 0;
  make_room();
  shoal_status status = shoal_receive_long(TALLY_ENDPOINT, &room);
  while (status == SHOAL_STATUS_OK) {
    struct tally *one = &tallies[shoal_badge() % TALLY_CLIENTS_MAX];
    int32_t label = shoal_label();
    int32_t w0 = shoal_word(0);
    one->count++;
    if (label == TALLY_ADD) one->sum += w0;
    if (label == TALLY_NOTE) one->hash = hashed(one->hash, room.direct_bytes);
    if (label == TALLY_BREAK) __builtin_trap();
    if (label == TALLY_LOOP) for (volatile int32_t turns = 0;; turns = turns + 1) continue;
    if (label == TALLY_STOP && ++stopped == w0) return shoal_reply(0, TALLY_DONE, 0, 0, 0, 0, 0, 0);
    make_room();
    shoal_set_word(0, one->sum);
    shoal_set_word(1, one->count);
    shoal_set_word(2, (int32_t)one->hash);
    status = shoal_reply_and_receive_long(TALLY_ENDPOINT, TALLY_DONE, 0, &room);
  }
  return status;
}
