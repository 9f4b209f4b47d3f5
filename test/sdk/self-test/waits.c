/* Waiting: notifications, timers, mutexes, conditions, futexes, sleep. Nobody else wakes this thread. */
#include "self-test.h"

enum { PART = 3 };

enum { NOTIFICATION = FIRST, TIMER, MUTEX, CONDITION };

static void test_notification(void) {
  int32_t bits = 0;
  EXPECT(shoal_notification_wait(NOTIFICATION, 0, 0, NULL), SHOAL_STATUS_TIMEOUT);
  EXPECT(shoal_notification_wait(NOTIFICATION, 0, 500, NULL), SHOAL_STATUS_TIMEOUT);
  EXPECT(shoal_notification_wait(NOTIFICATION, 0, -2, NULL), SHOAL_STATUS_BAD_ARGUMENT);
  EXPECT(shoal_notification_signal(NOTIFICATION, 0), SHOAL_STATUS_BAD_ARGUMENT);
  IS_OK(shoal_notification_signal(NOTIFICATION, 3));
  IS_OK(shoal_notification_wait(NOTIFICATION, 1, SHOAL_FOREVER, &bits));
  EXPECT(bits, 1);
  IS_OK(shoal_notification_poll(NOTIFICATION, 0, &bits));
  EXPECT(bits, 2);
  IS_OK(shoal_notification_poll(NOTIFICATION, 0, &bits));
  EXPECT(bits, 0);
}

static void test_timer(void) {
  int32_t bits = 0, was_armed = 0;
  const int64_t start = shoal_clock_ns();
  EXPECT(shoal_timer_set(TIMER, NOTIFICATION, 0, 10, 0), SHOAL_STATUS_BAD_ARGUMENT);
  EXPECT(shoal_timer_set(TIMER, NOTIFICATION, 1, -1, 0), SHOAL_STATUS_BAD_ARGUMENT);
  EXPECT(shoal_timer_set(TIMER, MUTEX, 1, 10, 0), SHOAL_STATUS_BAD_CAPABILITY);
  IS_OK(shoal_timer_set(TIMER, NOTIFICATION, 4, 2000, 0));
  IS_OK(shoal_notification_wait(NOTIFICATION, 0, SHOAL_FOREVER, &bits));
  EXPECT(bits, 4);
  EXPECT(shoal_clock_ns() - start >= 2000000, 1);
  IS_OK(shoal_timer_set(TIMER, NOTIFICATION, 8, 1000, 1000));
  for (int i = 0; i < 3; i++) IS_OK(shoal_notification_wait(NOTIFICATION, 8, SHOAL_FOREVER, NULL));
  IS_OK(shoal_timer_cancel(TIMER, &was_armed));
  EXPECT(was_armed, 1);
  IS_OK(shoal_timer_cancel(TIMER, &was_armed));
  EXPECT(was_armed, 0);
}

static void test_mutex(void) {
  EXPECT(shoal_mutex_unlock(MUTEX), SHOAL_STATUS_NOT_OWNER);
  IS_OK(shoal_mutex_lock(MUTEX, SHOAL_FOREVER));
  EXPECT(shoal_mutex_lock(MUTEX, 0), SHOAL_STATUS_NOT_OWNER);
  EXPECT(shoal_mutex_try_lock(MUTEX), SHOAL_STATUS_NOT_OWNER);
  IS_OK(shoal_mutex_unlock(MUTEX));
  IS_OK(shoal_mutex_try_lock(MUTEX));
  EXPECT(shoal_mutex_lock(CONDITION, 0), SHOAL_STATUS_BAD_CAPABILITY);
}

/* The mutex is held from the test above, and after every wait again. */
static void test_condition(void) {
  EXPECT(shoal_condition_wait(CONDITION, MUTEX, 500), SHOAL_STATUS_TIMEOUT);
  EXPECT(shoal_mutex_try_lock(MUTEX), SHOAL_STATUS_NOT_OWNER);
  IS_OK(shoal_condition_signal(CONDITION));
  IS_OK(shoal_condition_broadcast(CONDITION));
  IS_OK(shoal_mutex_unlock(MUTEX));
  EXPECT(shoal_condition_wait(CONDITION, MUTEX, 500), SHOAL_STATUS_NOT_OWNER);
}

static void test_futex(void) {
  static volatile int32_t word = 5;
  const shoal_slot queue = SHOAL_SLOT_FUTEX_QUEUE;
  int32_t woken = 9;
  EXPECT(shoal_futex_wait(queue, &word, 6, SHOAL_FOREVER), SHOAL_STATUS_WOULD_BLOCK);
  EXPECT(shoal_futex_wait(queue, &word, 5, 0), SHOAL_STATUS_TIMEOUT);
  EXPECT(shoal_futex_wait(queue, &word, 5, 500), SHOAL_STATUS_TIMEOUT);
  EXPECT(shoal_futex_wait(queue, (int32_t *)1, 5, 0), SHOAL_STATUS_BAD_ADDRESS);
  EXPECT(shoal_futex_wait(queue, (int32_t *)0x7ffffffc, 5, 0), SHOAL_STATUS_BAD_ADDRESS);
  IS_OK(shoal_futex_wake(queue, &word, 1, &woken));
  EXPECT(woken, 0);
  IS_OK(shoal_futex_requeue(queue, &word, 1, &word + 1, 1));
  EXPECT(shoal_futex_requeue(queue, &word, 1, &word, 1), SHOAL_STATUS_BAD_ARGUMENT);
}

void test_waits(void) {
  IS_OK(shoal_create(NOTIFICATION, SHOAL_KIND_NOTIFICATION));
  IS_OK(shoal_create(TIMER, SHOAL_KIND_TIMER));
  IS_OK(shoal_create(MUTEX, SHOAL_KIND_MUTEX));
  IS_OK(shoal_create(CONDITION, SHOAL_KIND_CONDITION));
  test_notification();
  test_timer();
  test_mutex();
  test_condition();
  test_futex();
  EXPECT(shoal_thread_sleep(1000), SHOAL_STATUS_TIMEOUT);
  EXPECT(shoal_thread_sleep(0), SHOAL_STATUS_TIMEOUT);
  for (shoal_slot slot = NOTIFICATION; slot <= CONDITION; slot++) IS_OK(shoal_capability_delete(slot));
}
