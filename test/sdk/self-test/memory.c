/* Bytes: regions, the memory of a space, and memory that has grown since the last call. */
#include "self-test.h"

enum { PART = 5 };

enum { REGION = FIRST, READER };

enum { REGION_BYTES = 100000, PAGE_BYTES = 65536 };

static unsigned char out[REGION_BYTES], in[REGION_BYTES];

static int32_t are_same(const unsigned char *one, const unsigned char *other, int32_t bytes) {
  for (int32_t i = 0; i < bytes; i++) {
    if (one[i] != other[i]) return 0;
  }
  return 1;
}

static void test_region(void) {
  for (int32_t i = 0; i < REGION_BYTES; i++) out[i] = (unsigned char)(i * 7 + i / 256);
  IS_OK(shoal_create_region(REGION, REGION_BYTES));
  IS_OK(shoal_region_write(REGION, 0, out, REGION_BYTES));
  IS_OK(shoal_region_read(REGION, 0, in, REGION_BYTES));
  EXPECT(are_same(in, out, REGION_BYTES), 1);
  IS_OK(shoal_region_read(REGION, 1001, in, 17));
  EXPECT(are_same(in, out + 1001, 17), 1);
  IS_OK(shoal_region_read(REGION, 5, in, 0));
  EXPECT(shoal_region_read(REGION, REGION_BYTES, in, 64), SHOAL_STATUS_BAD_ADDRESS);
  EXPECT(shoal_region_read(REGION, -4, in, 4), SHOAL_STATUS_BAD_ADDRESS);
  EXPECT(shoal_region_write(REGION, 0, out, -1), SHOAL_STATUS_BAD_ADDRESS);
  EXPECT(shoal_region_write(REGION, 0, (void *)0x7fffff00, 64), SHOAL_STATUS_BAD_ADDRESS);
  IS_OK(shoal_capability_mint(REGION, READER, SHOAL_RIGHT_READ, 0));
  EXPECT(shoal_region_write(READER, 0, out, 4), SHOAL_STATUS_NO_RIGHT);
  IS_OK(shoal_region_read(READER, 0, in, 4));
}

static void test_own_memory(void) {
  IS_OK(shoal_memory_read(SHOAL_SLOT_SPACE, shoal_address(out), in, 1000));
  EXPECT(are_same(in, out, 1000), 1);
  /* A program does not hold the right to write its own space: it could raise its limits. */
  EXPECT(shoal_memory_write(SHOAL_SLOT_SPACE, shoal_address(out), in, 1), SHOAL_STATUS_NO_RIGHT);
  EXPECT(shoal_memory_read(SHOAL_SLOT_THREAD, 0, in, 4), SHOAL_STATUS_BAD_CAPABILITY);
}

static void test_grown(void) {
  const int32_t start = (int32_t)__builtin_wasm_memory_size(0) * PAGE_BYTES;
  unsigned char *fresh = (unsigned char *)(uintptr_t)start;
  EXPECT(shoal_region_read(REGION, 0, fresh, 64), SHOAL_STATUS_BAD_ADDRESS);
  EXPECT((int32_t)__builtin_wasm_memory_grow(0, 1) >= 0, 1);
  IS_OK(shoal_region_read(REGION, 64, fresh, 64));
  EXPECT(are_same(fresh, out + 64, 64), 1);
  struct shoal_registers *registers = (struct shoal_registers *)(uintptr_t)(start + 1024);
  *registers = shoal_request(SHOAL_CALL_OBJECT_IDENTIFY, REGION);
  IS_OK(shoal_syscall(registers));
  EXPECT(registers->word[0], SHOAL_KIND_REGION);
}

void test_memory(void) {
  test_region();
  test_own_memory();
  test_grown();
  IS_OK(shoal_capability_delete(READER));
  IS_OK(shoal_capability_delete(REGION));
}
