/* Passes the stream on, every bit turned over, in pieces of other sizes than those it came in. */
#include "trees-stream.h"

static uint8_t piece[50000];

int main(void) {
  for (uint32_t round = 0;; round++) {
    long count = read(0, piece, (round * 4093 + 3000) % sizeof piece + 1);
    if (count < 0) return 1;
    if (count == 0) return 0;
    for (long i = 0; i < count; i++) piece[i] = (uint8_t)~piece[i];
    if (write_all(piece, count) != 0) return 2;
  }
}
