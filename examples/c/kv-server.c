/*
 * A key-value server: a table in memory, and a loop that receives, looks and answers. Nothing in it is
 * about files, crashes or sessions; run with --durable, what it was told survives all the same. How to
 * compile and run it, and what is promised, is in docs/guide/durable-servers.md.
 */
#include <string.h>

#include "kv.h"

static struct entry {
  char key[KV_KEY_BYTES_MAX + 1];
  int32_t value_bytes;
  char value[KV_VALUE_BYTES_MAX];
} entries[KV_ENTRIES_MAX];

static int32_t entry_count;
static char text[KV_TEXT_BYTES_MAX];

static struct entry *find(const char *key) {
  for (int32_t i = 0; i < entry_count; i++) {
    if (strcmp(entries[i].key, key) == 0) return &entries[i];
  }
  return NULL;
}

static int32_t put(const char *key, const char *value, int32_t value_bytes) {
  struct entry *entry = find(key);
  if (entry == NULL && entry_count == KV_ENTRIES_MAX) return KV_FULL;
  if (entry == NULL) {
    entry = &entries[entry_count++];
    strcpy(entry->key, key);
  }
  memcpy(entry->value, value, value_bytes);
  entry->value_bytes = value_bytes;
  return KV_OK;
}

/* Writes the value to `answer`. */
static int32_t get(const char *key, struct shoal_descriptor *answer) {
  struct entry *entry = find(key);
  if (entry == NULL) return KV_NOT_FOUND;
  answer->direct = entry->value;
  answer->direct_bytes = entry->value_bytes;
  return KV_OK;
}

/* The last entry takes the place of one that is deleted. */
static int32_t delete(const char *key) {
  struct entry *entry = find(key);
  if (entry == NULL) return KV_NOT_FOUND;
  *entry = entries[--entry_count];
  return KV_OK;
}

/* What becomes of a request of `bytes` in `text`. */
static int32_t handle(int32_t label, int32_t bytes, struct shoal_descriptor *answer) {
  const char *end = memchr(text, 0, bytes);
  if (end == NULL || end == text || end - text > KV_KEY_BYTES_MAX) return KV_BAD_REQUEST;
  const char *value = end + 1;
  int32_t value_bytes = bytes - (int32_t)(value - text);
  if (value_bytes > KV_VALUE_BYTES_MAX) return KV_BAD_REQUEST;
  switch (label) {
    case KV_PUT: return put(text, value, value_bytes);
    case KV_GET: return get(text, answer);
    case KV_DELETE: return delete(text);
    default: return KV_BAD_REQUEST;
  }
}

int main(void) {
  struct shoal_descriptor came = {.direct_bytes = sizeof text, .direct = text};
  shoal_status status = shoal_receive_long(SHOAL_SLOT_SERVED, &came);
  while (status == SHOAL_STATUS_OK) {
    struct shoal_descriptor answer = {0};
    int32_t label = shoal_label() == KV_COUNT ? KV_OK : handle(shoal_label(), came.direct_bytes, &answer);
    came.direct_bytes = sizeof text;
    shoal_set_word(0, entry_count);
    status = shoal_reply_and_receive_long(SHOAL_SLOT_SERVED, label, &answer, &came);
  }
  return status;
}
