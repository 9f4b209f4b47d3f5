/*
 * A client of the ledger. It prints every request and its answer, one a line.
 *
 *   shoal run --connect ledger ledger-client.wasm open 100
 *   shoal run --connect ledger ledger-client.wasm transfer 0 1 25
 *   shoal run --connect ledger ledger-client.wasm balance 0
 *   shoal run --connect ledger ledger-client.wasm audit
 *   shoal run --connect ledger ledger-client.wasm work 1000     opens two accounts and sends money to and fro
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"

static const char *const answers[] = {"ok", "no account", "no money", "full", "bad request"};

/* Makes a request and prints it; answers its label, or -1 if there was none. */
static int32_t ask(int32_t label, int32_t w0, int32_t w1, int32_t w2) {
  shoal_status status = shoal_call(SHOAL_SLOT_CONNECTED, label, w0, w1, w2, 0, 0, 0);
  if (status != SHOAL_STATUS_OK) return fprintf(stderr, "no answer: status %d\n", status), -1;
  return shoal_label();
}

static int show(const char *verb, int32_t answer) {
  if (answer < 0) return 3;
  printf("%s: %s", verb, answers[answer <= LEDGER_BAD_REQUEST ? answer : LEDGER_BAD_REQUEST]);
  int64_t sum = (int64_t)(((uint64_t)(uint32_t)shoal_word(2) << 32) | (uint32_t)shoal_word(1));
  if (answer == LEDGER_OK && strcmp(verb, "audit") == 0)
    printf(" %d accounts, %lld in all, %d transfers", shoal_word(0), (long long)sum, shoal_word(3));
  else if (answer == LEDGER_OK) printf(" %d", shoal_word(0));
  puts("");
  fflush(stdout);
  return answer == LEDGER_OK ? 0 : 1;
}

/* Opens two accounts and sends 1 from one to the other and back, `count` times in all. */
static int work(int32_t count) {
  int32_t accounts[2];
  for (int i = 0; i < 2; i++) {
    if (show("open", ask(LEDGER_OPEN, 1000, 0, 0)) != 0) return 3;
    accounts[i] = shoal_word(0);
  }
  for (int32_t i = 0; i < count; i++) {
    int code = show("transfer", ask(LEDGER_TRANSFER, accounts[i % 2], accounts[1 - i % 2], 1));
    if (code != 0) return code;
  }
  return 0;
}

int main(int argc, char **argv) {
  const char *verb = argc > 1 ? argv[1] : "audit";
  int32_t word[3] = {0};
  for (int i = 2; i < argc && i < 5; i++) word[i - 2] = atoi(argv[i]);
  if (strcmp(verb, "work") == 0) return work(word[0]);
  static const char *const verbs[] = {"", "open", "transfer", "balance", "audit"};
  for (int32_t label = LEDGER_OPEN; label <= LEDGER_AUDIT; label++) {
    if (strcmp(verb, verbs[label]) == 0) return show(verb, ask(label, word[0], word[1], word[2]));
  }
  return fprintf(stderr, "open, transfer, balance, audit or work, not %s\n", verb), 2;
}
