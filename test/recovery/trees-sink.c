/* Looks whether each byte of the stream came once, in its place: its exit code is 0 then. */
#include "trees-stream.h"

static uint8_t piece[20000];

int main(void) {
  uint32_t at = 0;
  for (uint32_t round = 0;; round++) {
    long count = read(0, piece, (round * 6151 + 2000) % sizeof piece + 1);
    if (count < 0) return 1;
    if (count == 0) return at == STREAM_BYTES ? 0 : 2;
    for (long i = 0; i < count; i++) {
      if (piece[i] != (uint8_t)~stream_byte(at++)) return 3;
    }
  }
}
