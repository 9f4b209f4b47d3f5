/*
 * A client of the key-value server, wherever that runs:
 *
 *   shoal run --connect kv kv-client.wasm put NAME VALUE
 *   shoal run --connect kv kv-client.wasm get NAME
 *   shoal run --connect kv kv-client.wasm delete NAME
 *   shoal run --connect kv kv-client.wasm count
 *   shoal run --connect kv kv-client.wasm          requests from standard input, one a line
 */
#include <stdio.h>
#include <string.h>

#include "kv.h"

static char sent[KV_TEXT_BYTES_MAX], got[KV_VALUE_BYTES_MAX];

static const char *const answers[] = {"ok", "not found", "full", "bad request"};

static int32_t label_of(const char *verb) {
  if (strcmp(verb, "put") == 0) return KV_PUT;
  if (strcmp(verb, "get") == 0) return KV_GET;
  if (strcmp(verb, "delete") == 0) return KV_DELETE;
  return strcmp(verb, "count") == 0 ? KV_COUNT : 0;
}

/* Makes a request and prints its answer; 0 if it was KV_OK, or what to exit with. */
static int request(int32_t label, const char *key, const char *value) {
  int length = snprintf(sent, sizeof sent, "%s%c%s", key, 0, value);
  if (length < 0 || length >= (int)sizeof sent) return fprintf(stderr, "too long\n"), 2;
  struct shoal_descriptor out = {.direct_bytes = length, .direct = sent};
  struct shoal_descriptor in = {.direct_bytes = sizeof got, .direct = got};
  shoal_status status = shoal_call_long(SHOAL_SLOT_CONNECTED, label, &out, &in);
  if (status != SHOAL_STATUS_OK) return fprintf(stderr, "no answer: status %d\n", status), 3;
  int32_t answer = shoal_label();
  if (label == KV_COUNT) printf("%d\n", shoal_word(0));
  else if (label == KV_GET && answer == KV_OK) printf("%.*s\n", (int)in.direct_bytes, got);
  else puts(answer >= 0 && answer <= KV_BAD_REQUEST ? answers[answer] : "?");
  fflush(stdout);
  return answer == KV_OK ? 0 : 1;
}

/* A verb, a key and the rest as the value. */
static int request_line(char *line) {
  const char *verb = strtok(line, " \n");
  if (verb == NULL) return 0;
  const char *key = strtok(NULL, " \n");
  const char *value = strtok(NULL, "\n");
  return request(label_of(verb), key == NULL ? "" : key, value == NULL ? "" : value);
}

int main(int argc, char **argv) {
  if (argc > 1) return request(label_of(argv[1]), argc > 2 ? argv[2] : "", argc > 3 ? argv[3] : "");
  static char line[KV_TEXT_BYTES_MAX + 16];
  int worst = 0;
  while (fgets(line, sizeof line, stdin) != NULL) {
    int code = request_line(line);
    if (code > worst) worst = code;
  }
  return worst;
}
