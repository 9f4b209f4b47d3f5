/*
 * What the key-value server and its client say to each other. A request is a label and a text: the key,
 * and for KV_PUT a zero byte and the value. The answer's label says how it went; its text is the value.
 */
#ifndef KV_H
#define KV_H

#include "shoal.h"

enum { KV_PUT = 1, KV_GET, KV_DELETE, KV_COUNT };
enum { KV_OK = 0, KV_NOT_FOUND, KV_FULL, KV_BAD_REQUEST };

enum { KV_ENTRIES_MAX = 4096, KV_KEY_BYTES_MAX = 64, KV_VALUE_BYTES_MAX = 1024 };

/* A key, a zero and a value. */
enum { KV_TEXT_BYTES_MAX = KV_KEY_BYTES_MAX + 1 + KV_VALUE_BYTES_MAX };

#endif
