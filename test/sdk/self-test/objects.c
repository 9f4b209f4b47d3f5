/* Objects: create, identify, state, destroy, for every kind that a program can make. */
#include "self-test.h"

enum { PART = 1 };

static int32_t state[64];

static void test_kind(int32_t kind, int32_t state_count) {
  struct shoal_identity first, second;
  int32_t w0 = kind == SHOAL_KIND_REGION ? 4096 : 0;
  IS_OK(shoal_object_create(FIRST, kind, 0, w0, 0, 0));
  EXPECT(shoal_object_create(FIRST, kind, 0, w0, 0, 0), SHOAL_STATUS_SLOT_OCCUPIED);
  IS_OK(shoal_object_create(FIRST + 1, kind, SHOAL_SLOT_SPACE, w0, 0, 0));
  IS_OK(shoal_object_identify(FIRST, &first));
  IS_OK(shoal_object_identify(FIRST + 1, &second));
  EXPECT(first.kind, kind);
  EXPECT(first.rights, SHOAL_RIGHT_ALL);
  EXPECT(first.number != second.number, 1);
  IS_OK(shoal_object_get_state(FIRST, state, 64, 0, NULL));
  EXPECT(state[0], kind);
  EXPECT(state[1], SHOAL_STATE_VERSION);
  EXPECT(shoal_object_get_state(FIRST, state, state_count - 1, 0, NULL), SHOAL_STATUS_BAD_ARGUMENT);
  IS_OK(shoal_object_get_state(FIRST, state, state_count, 0, NULL));
  IS_OK(shoal_object_destroy(FIRST));
  EXPECT(shoal_object_identify(FIRST, &first), SHOAL_STATUS_BAD_CAPABILITY);
  IS_OK(shoal_object_destroy(FIRST + 1));
  IS_OK(shoal_capability_delete(FIRST));
  IS_OK(shoal_capability_delete(FIRST + 1));
}

static void test_refusals(void) {
  EXPECT(shoal_create(FIRST, SHOAL_KIND_NONE), SHOAL_STATUS_BAD_ARGUMENT);
  EXPECT(shoal_create(FIRST, 1000), SHOAL_STATUS_BAD_ARGUMENT);
  EXPECT(shoal_create(FIRST, SHOAL_KIND_REPLY), SHOAL_STATUS_BAD_ARGUMENT);
  EXPECT(shoal_create_endpoint(FIRST, 2, 0, NULL), SHOAL_STATUS_BAD_ARGUMENT);
  EXPECT(shoal_create_region(FIRST, 0), SHOAL_STATUS_BAD_ARGUMENT);
  EXPECT(shoal_create_region(FIRST, -1), SHOAL_STATUS_BAD_ARGUMENT);
  EXPECT(shoal_object_destroy(EMPTY), SHOAL_STATUS_BAD_CAPABILITY);
  EXPECT(shoal_object_destroy(SHOAL_SLOT_SPACE), SHOAL_STATUS_WRONG_STATE);
  EXPECT(shoal_object_create(FIRST, SHOAL_KIND_TIMER, EMPTY, 0, 0, 0), SHOAL_STATUS_BAD_CAPABILITY);
  EXPECT(shoal_make(1000, 0, 0, 0, 0), SHOAL_STATUS_BAD_CALL);
}

/* A state that was read out and put back makes the same object. */
static void test_round_trip(void) {
  IS_OK(shoal_create(FIRST, SHOAL_KIND_NOTIFICATION));
  IS_OK(shoal_notification_signal(FIRST, 0x55));
  IS_OK(shoal_object_get_state(FIRST, state, 64, 0, NULL));
  EXPECT(state[SHOAL_STATE_NOTIFICATION_BITS], 0x55);
  IS_OK(shoal_create(FIRST + 1, SHOAL_KIND_NOTIFICATION));
  IS_OK(shoal_object_set_state(FIRST + 1, state, SHOAL_STATE_NOTIFICATION_COUNT));
  int32_t bits = 0;
  IS_OK(shoal_notification_poll(FIRST + 1, 0, &bits));
  EXPECT(bits, 0x55);
  state[0] = SHOAL_KIND_TIMER;
  EXPECT(shoal_object_set_state(FIRST, state, SHOAL_STATE_NOTIFICATION_COUNT), SHOAL_STATUS_BAD_ARGUMENT);
  EXPECT(shoal_object_get_state(FIRST, (int32_t *)2, 64, 0, NULL), SHOAL_STATUS_BAD_ADDRESS);
  IS_OK(shoal_capability_delete(FIRST));
  IS_OK(shoal_capability_delete(FIRST + 1));
}

static void test_own_thread(void) {
  IS_OK(shoal_object_get_state(SHOAL_SLOT_THREAD, state, 64, 0, NULL));
  EXPECT(state[SHOAL_STATE_THREAD_STATE], SHOAL_THREAD_READY);
  EXPECT(shoal_object_set_state(SHOAL_SLOT_THREAD, state, 64), SHOAL_STATUS_WRONG_STATE);
  EXPECT(shoal_thread_resume(SHOAL_SLOT_THREAD), SHOAL_STATUS_WRONG_STATE);
  EXPECT(shoal_thread_interrupt(SHOAL_SLOT_THREAD), SHOAL_STATUS_WRONG_STATE);
  EXPECT(shoal_thread_schedule(SHOAL_SLOT_THREAD, -1, 0), SHOAL_STATUS_BAD_ARGUMENT);
  EXPECT(shoal_thread_schedule(SHOAL_SLOT_THREAD, SHOAL_LIMIT_PRIORITIES, 0), SHOAL_STATUS_BAD_ARGUMENT);
  EXPECT(shoal_thread_schedule(SHOAL_SLOT_THREAD, 1, -1), SHOAL_STATUS_BAD_ARGUMENT);
  IS_OK(shoal_thread_schedule(SHOAL_SLOT_THREAD, 3, 0));
  IS_OK(shoal_object_get_state(SHOAL_SLOT_THREAD, state, 64, 0, NULL));
  EXPECT(state[SHOAL_STATE_THREAD_PRIORITY], 3);
  IS_OK(shoal_thread_yield());
}

void test_objects(void) {
  test_kind(SHOAL_KIND_ENDPOINT, SHOAL_STATE_ENDPOINT_COUNT);
  test_kind(SHOAL_KIND_ENDPOINT_SET, SHOAL_STATE_ENDPOINT_SET_COUNT);
  test_kind(SHOAL_KIND_NOTIFICATION, SHOAL_STATE_NOTIFICATION_COUNT);
  test_kind(SHOAL_KIND_REGION, SHOAL_STATE_REGION_COUNT);
  test_kind(SHOAL_KIND_MUTEX, SHOAL_STATE_MUTEX_COUNT);
  test_kind(SHOAL_KIND_CONDITION, SHOAL_STATE_CONDITION_COUNT);
  test_kind(SHOAL_KIND_FUTEX_QUEUE, SHOAL_STATE_FUTEX_QUEUE_COUNT);
  test_kind(SHOAL_KIND_TIMER, SHOAL_STATE_TIMER_COUNT);
  test_kind(SHOAL_KIND_SPACE, SHOAL_STATE_SPACE_COUNT);
  test_kind(SHOAL_KIND_THREAD, SHOAL_STATE_THREAD_COUNT);
  test_refusals();
  test_round_trip();
  test_own_thread();
}
