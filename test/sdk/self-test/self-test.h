/* The self-test of the kernel's interface: what its parts share. */
#ifndef SELF_TEST_H
#define SELF_TEST_H

#include "shoal.h"

/* Slots that the parts may use, and leave empty. */
enum { FIRST = SHOAL_SLOT_FIRST_FREE, EMPTY = FIRST + 90 };

/* The first failure: its part times 10000 plus its line, which the program exits with. */
extern int32_t failure;

/* Notes a failure unless there was one before. */
void expect(int32_t is_right, int32_t part, int32_t line);

#define EXPECT(got, wanted) expect((got) == (wanted), PART, __LINE__)
#define IS_OK(status) EXPECT(status, SHOAL_STATUS_OK)

void test_objects(void);
void test_capabilities(void);
void test_waits(void);
void test_messages(void);
void test_memory(void);

#endif
