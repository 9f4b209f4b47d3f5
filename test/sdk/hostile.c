/*
 * A hostile program. It recurses to a depth that it is told, and there makes every kernel call with bad
 * arguments, again and again: from its thread, or, with hostile-portal.c, from its portal on its caller's
 * stack. All its memory is static, so that recursion costs nothing but the engine's stack.
 */
#include "hostile.h"

enum { CALL_COUNT = SHOAL_CALL_CLOCK_READ + 2, FIRST_OBJECT = SHOAL_SLOT_FIRST_FREE + 2 };

/* What the test wants: how deep, in narrow and in wide frames, and how many rounds of calls there. */
static int32_t narrow_depth, wide_depth, rounds;

static struct shoal_registers registers;
static struct shoal_descriptor descriptor;
static uint32_t random_state = 1;
static volatile int32_t sink;
static volatile int64_t source;

SHOAL_EXPORT("configure") void configure(int32_t narrow, int32_t wide, int32_t round_count) {
  narrow_depth = narrow;
  wide_depth = wide;
  rounds = round_count;
}

static uint32_t next_random(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

static const int32_t interesting[] = {
    0, 1, 2, 3, 4, 64, 65, 66, 67, 68, 69, 70, 71, 72, 127, 255, 256, 1024, 4096, 16383, 16384, 65535,
    0x10000, 0x100000, 0x7ffffffc, INT32_MAX, -4, -1, INT32_MIN, SHOAL_MOVE_FLAG + 66, SHOAL_FAULT_LABEL,
    (int32_t)SHOAL_COMMUNICATION_ADDRESS, (int32_t)SHOAL_COMMUNICATION_ADDRESS + 0xffd4,
};

static int32_t bad_argument(void) {
  uint32_t random = next_random();
  if (random % 8 == 0) return shoal_address(&descriptor);
  if (random % 8 == 1) return (int32_t)(next_random() & 0x1ffff);
  return interesting[(random >> 8) % (sizeof interesting / sizeof *interesting)];
}

static void fill_words(int32_t *words, int32_t count) {
  for (int32_t i = 0; i < count; i++) words[i] = bad_argument();
}

/* Objects of every kind to be hostile with, in case the calls before have taken them away. */
static void make_objects(void) {
  for (int32_t kind = SHOAL_KIND_ENDPOINT; kind <= SHOAL_KIND_TIMER; kind++) {
    registers = (struct shoal_registers){.call = SHOAL_CALL_OBJECT_CREATE, .a0 = FIRST_OBJECT + kind, .a1 = kind};
    if (kind == SHOAL_KIND_REGION) registers.word[0] = 4096;
    shoal_syscall(&registers);
  }
}

/*
 * Calls after which there would be nobody to go on: the thread ends or stops, its supervisor is to hear of
 * its end and never listens, the caller's answer is put off for ever, or the endpoint it calls goes.
 */
static int32_t ends_the_attack(void) {
  switch (registers.call) {
    case SHOAL_CALL_THREAD_EXIT:
    case SHOAL_CALL_SAVE_REPLY:
      return 1;
    case SHOAL_CALL_THREAD_STOP:
    case SHOAL_CALL_OBJECT_DESTROY:
    case SHOAL_CALL_CAPABILITY_COPY:
    case SHOAL_CALL_CAPABILITY_MOVE:
    case SHOAL_CALL_CAPABILITY_MINT:
      return registers.a0 < FIRST_OBJECT;
    case SHOAL_CALL_SPACE_BIND:
      return registers.a1 == SHOAL_BINDING_FAULT;
    default:
      return 0;
  }
}

static void attack_once(int32_t call) {
  fill_words((int32_t *)&descriptor, SHOAL_DESCRIPTOR_WORDS);
  fill_words((int32_t *)&registers, SHOAL_REGISTER_COUNT);
  registers.call = call < CALL_COUNT ? call : bad_argument();
  registers.send_timeout_us = (int32_t)(next_random() % 2);
  registers.receive_timeout_us = (int32_t)(next_random() % 2);
  if (!ends_the_attack()) sink = shoal_syscall(&registers);
}

__attribute__((noinline)) static int32_t attack(int32_t round_count) {
  for (int32_t round = 0; round < round_count; round++) {
    if (round % 4 == 0) make_objects();
    for (int32_t call = 0; call <= CALL_COUNT; call++) attack_once(call);
    sink = shoal_syscall((struct shoal_registers *)(uintptr_t)bad_argument());
    sink = shoal_call(bad_argument(), 1, 2, 3, 4, 5, 6, 7);
    sink = shoal_call(SHOAL_SLOT_FIRST_FREE + 1, 100, 2, 3, 0, 0, 0, 0);
  }
  return 1;
}

/* A frame as small as it gets. What follows the call keeps it from becoming a loop. */
__attribute__((noinline)) static int32_t recurse(int32_t depth, int32_t round_count) {
  int32_t result = depth > 0 ? recurse(depth - 1, round_count) : attack(round_count);
  sink = depth;
  return result;
}

/* A frame with eight values that live across the call. */
__attribute__((noinline)) static int32_t recurse_wide(int32_t wide, int32_t narrow, int32_t round_count) {
  int64_t a = source, b = source, c = source, d = source;
  int64_t e = source, f = source, g = source, h = source;
  int32_t result = wide > 0 ? recurse_wide(wide - 1, narrow, round_count) : recurse(narrow, round_count);
  source = a;
  source = b;
  source = c;
  source = d;
  source = e;
  source = f;
  source = g;
  source = h;
  return result;
}

void attack_from(int32_t narrow, int32_t wide, int32_t round_count) {
  recurse_wide(wide, narrow, round_count);
}

SHOAL_MAIN() {
  attack_from(narrow_depth, wide_depth, rounds);
  return 0;
}
