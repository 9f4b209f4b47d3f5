/* Writes the stream in pieces of many sizes: some that a pipe takes whole, some that are more than it holds. */
#include "trees-stream.h"

static uint8_t piece[90000];

int main(void) {
  uint32_t at = 0;
  for (uint32_t round = 0; at < STREAM_BYTES; round++) {
    uint32_t count = round % 7 == 6 ? 90000 : (round * 7919 + 1) % 30000;
    if (count > STREAM_BYTES - at) count = STREAM_BYTES - at;
    for (uint32_t i = 0; i < count; i++) piece[i] = stream_byte(at + i);
    if (write_all(piece, (long)count) != 0) return 1;
    at += count;
  }
  return 0;
}
