/* Messages: what IPC refuses, endpoint sets, descriptors. The examples show what it grants. */
#include "self-test.h"

enum { PART = 4 };

enum { ENDPOINT = FIRST, SET, OTHER_SET, SENDER };

/* Sends with a descriptor, without waiting. */
static shoal_status offer(shoal_slot endpoint, const struct shoal_descriptor *descriptor) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_SEND, endpoint);
  r.a1 = shoal_address(descriptor);
  r.send_timeout_us = 0;
  return shoal_syscall(&r);
}

static shoal_status look(shoal_slot endpoint, const struct shoal_descriptor *descriptor) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_RECEIVE, endpoint);
  r.a2 = shoal_address(descriptor);
  return shoal_wait_for(&r, 0, NULL);
}

static void test_nobody_there(void) {
  EXPECT(offer(ENDPOINT, NULL), SHOAL_STATUS_TIMEOUT);
  EXPECT(look(ENDPOINT, NULL), SHOAL_STATUS_TIMEOUT);
  EXPECT(look(EMPTY, NULL), SHOAL_STATUS_BAD_CAPABILITY);
  EXPECT(shoal_call(EMPTY, 1, 2, 3, 4, 5, 6, 7), SHOAL_STATUS_BAD_CAPABILITY);
  EXPECT(shoal_reply(0, 1, 2, 3, 4, 5, 6, 7), SHOAL_STATUS_NO_REPLY);
  EXPECT(shoal_save_reply(EMPTY), SHOAL_STATUS_NO_REPLY);
  IS_OK(shoal_capability_mint(ENDPOINT, SENDER, SHOAL_RIGHT_SEND, 0));
  EXPECT(look(SENDER, NULL), SHOAL_STATUS_NO_RIGHT);
  EXPECT(offer(SENDER, NULL), SHOAL_STATUS_TIMEOUT);
}

static void test_sets(void) {
  EXPECT(shoal_set_remove(SET, ENDPOINT), SHOAL_STATUS_WRONG_STATE);
  IS_OK(shoal_set_add(SET, ENDPOINT));
  EXPECT(shoal_set_add(SET, ENDPOINT), SHOAL_STATUS_WRONG_STATE);
  EXPECT(shoal_set_add(OTHER_SET, ENDPOINT), SHOAL_STATUS_WRONG_STATE);
  EXPECT(look(SET, NULL), SHOAL_STATUS_TIMEOUT);
  EXPECT(offer(SET, NULL), SHOAL_STATUS_BAD_CAPABILITY);
  IS_OK(shoal_set_remove(SET, ENDPOINT));
  EXPECT(shoal_set_add(ENDPOINT, SET), SHOAL_STATUS_BAD_CAPABILITY);
}

static void test_descriptors(void) {
  static char text[16];
  struct shoal_descriptor d = {.direct_bytes = sizeof text, .direct = text};
  EXPECT(look(ENDPOINT, &d), SHOAL_STATUS_TIMEOUT);
  d.direct_bytes = -1;
  EXPECT(look(ENDPOINT, &d), SHOAL_STATUS_BAD_ARGUMENT);
  d.direct_bytes = SHOAL_LIMIT_MESSAGE_BYTES;
  EXPECT(look(ENDPOINT, &d), SHOAL_STATUS_BAD_ADDRESS);
  d = (struct shoal_descriptor){.indirect_count = SHOAL_LIMIT_MESSAGE_INDIRECT_STRINGS + 1};
  EXPECT(look(ENDPOINT, &d), SHOAL_STATUS_BAD_ARGUMENT);
  d = (struct shoal_descriptor){.word_count = 1, .words = (int32_t *)2};
  EXPECT(look(ENDPOINT, &d), SHOAL_STATUS_BAD_ADDRESS);
  EXPECT(look(ENDPOINT, (struct shoal_descriptor *)6), SHOAL_STATUS_BAD_ADDRESS);
}

void test_messages(void) {
  IS_OK(shoal_create(ENDPOINT, SHOAL_KIND_ENDPOINT));
  IS_OK(shoal_create(SET, SHOAL_KIND_ENDPOINT_SET));
  IS_OK(shoal_create(OTHER_SET, SHOAL_KIND_ENDPOINT_SET));
  test_nobody_there();
  test_sets();
  test_descriptors();
  for (shoal_slot slot = ENDPOINT; slot <= SENDER; slot++) IS_OK(shoal_capability_delete(slot));
}
