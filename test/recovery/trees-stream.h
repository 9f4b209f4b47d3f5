/* The stream of bytes that the programs of a pipeline pass on: each is known by its place. */
#include <stdint.h>
#include <unistd.h>

#ifndef STREAM_BYTES
#define STREAM_BYTES 300000
#endif

static inline uint8_t stream_byte(uint32_t at) { return (uint8_t)((at * 2654435761u) >> 24); }

/* Writes all; 0 if it went well. */
static inline int write_all(const uint8_t *bytes, long count) {
  while (count > 0) {
    long written = write(1, bytes, (unsigned long)count);
    if (written <= 0) return 1;
    bytes += written;
    count -= written;
  }
  return 0;
}
