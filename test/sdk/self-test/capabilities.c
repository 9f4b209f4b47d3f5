/* Capabilities: mint, copy, move, delete, revoke, and what rights and badges do. */
#include "self-test.h"

enum { PART = 2 };

enum { ORIGINAL = FIRST, SENDER, BADGED, COPY, MOVED, GRANDCHILD };

static void test_mint(void) {
  struct shoal_identity found;
  IS_OK(shoal_create(ORIGINAL, SHOAL_KIND_NOTIFICATION));
  IS_OK(shoal_capability_mint(ORIGINAL, SENDER, SHOAL_RIGHT_SEND | SHOAL_RIGHT_DERIVE, 0));
  IS_OK(shoal_object_identify(SENDER, &found));
  EXPECT(found.rights, SHOAL_RIGHT_SEND | SHOAL_RIGHT_DERIVE);
  EXPECT(shoal_notification_poll(SENDER, 0, NULL), SHOAL_STATUS_NO_RIGHT);
  EXPECT(shoal_capability_mint(SENDER, COPY, SHOAL_RIGHT_ALL, 0), SHOAL_STATUS_NO_RIGHT);
  EXPECT(shoal_capability_mint(SENDER, COPY, 1 << 20, 0), SHOAL_STATUS_BAD_ARGUMENT);
  IS_OK(shoal_capability_mint(SENDER, BADGED, 0, 6));
  EXPECT(shoal_capability_mint(BADGED, COPY, 0, 7), SHOAL_STATUS_NO_RIGHT);
  EXPECT(shoal_capability_mint(EMPTY, COPY, 0, 0), SHOAL_STATUS_BAD_CAPABILITY);
}

/* A badged capability signals its own bits only. */
static void test_badge(void) {
  int32_t bits = 0;
  EXPECT(shoal_notification_signal(BADGED, 8), SHOAL_STATUS_NO_RIGHT);
  IS_OK(shoal_notification_signal(BADGED, 2));
  IS_OK(shoal_notification_signal(BADGED, 0));
  IS_OK(shoal_notification_poll(ORIGINAL, 0, &bits));
  EXPECT(bits, 6);
}

static void test_copy_and_move(void) {
  struct shoal_identity found;
  IS_OK(shoal_capability_copy(BADGED, COPY));
  EXPECT(shoal_capability_copy(BADGED, COPY), SHOAL_STATUS_SLOT_OCCUPIED);
  IS_OK(shoal_object_identify(COPY, &found));
  EXPECT(found.badge, 6);
  IS_OK(shoal_capability_copy(COPY, GRANDCHILD));
  IS_OK(shoal_capability_move(COPY, MOVED));
  EXPECT(shoal_object_identify(COPY, &found), SHOAL_STATUS_BAD_CAPABILITY);
  IS_OK(shoal_object_identify(MOVED, &found));
  EXPECT(found.badge, 6);
  EXPECT(shoal_capability_move(EMPTY, COPY), SHOAL_STATUS_BAD_CAPABILITY);
  EXPECT(shoal_capability_move(MOVED, BADGED), SHOAL_STATUS_SLOT_OCCUPIED);
}

/* Revoking deletes all that was derived, however indirectly, and leaves what it is called on. */
static void test_revoke(void) {
  struct shoal_identity found;
  IS_OK(shoal_capability_revoke(SENDER));
  IS_OK(shoal_object_identify(SENDER, &found));
  EXPECT(shoal_object_identify(BADGED, &found), SHOAL_STATUS_BAD_CAPABILITY);
  EXPECT(shoal_object_identify(MOVED, &found), SHOAL_STATUS_BAD_CAPABILITY);
  EXPECT(shoal_object_identify(GRANDCHILD, &found), SHOAL_STATUS_BAD_CAPABILITY);
  IS_OK(shoal_capability_revoke(ORIGINAL));
  EXPECT(shoal_object_identify(SENDER, &found), SHOAL_STATUS_BAD_CAPABILITY);
  IS_OK(shoal_capability_delete(ORIGINAL));
  EXPECT(shoal_capability_delete(ORIGINAL), SHOAL_STATUS_BAD_CAPABILITY);
  EXPECT(shoal_capability_delete(-1), SHOAL_STATUS_BAD_CAPABILITY);
}

void test_capabilities(void) {
  test_mint();
  test_badge();
  test_copy_and_move();
  test_revoke();
}
