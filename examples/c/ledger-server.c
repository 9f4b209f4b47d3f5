/*
 * A ledger: accounts, and transfers between them. A transfer made twice, or half, shows in the numbers
 * that LEDGER_AUDIT answers. As with the key-value server, nothing in it is about crashes. It uses no C
 * library: docs/sdk-c.md says how such a program is compiled.
 */
#include "ledger.h"

static int32_t balances[LEDGER_ACCOUNTS_MAX];
static int32_t account_count, transfer_count;

struct answer {
  int32_t label, word[4];
};

static struct answer refuse(int32_t label) { return (struct answer){.label = label}; }

static int32_t is_account(int32_t number) { return number >= 0 && number < account_count; }

static struct answer open_account(int32_t balance) {
  if (balance < 0) return refuse(LEDGER_BAD_REQUEST);
  if (account_count == LEDGER_ACCOUNTS_MAX) return refuse(LEDGER_FULL);
  balances[account_count] = balance;
  return (struct answer){LEDGER_OK, {account_count++}};
}

static struct answer transfer(int32_t from, int32_t to, int32_t amount) {
  if (!is_account(from) || !is_account(to)) return refuse(LEDGER_NO_ACCOUNT);
  if (amount < 0 || balances[to] > INT32_MAX - amount) return refuse(LEDGER_BAD_REQUEST);
  if (balances[from] < amount) return refuse(LEDGER_NO_MONEY);
  balances[from] -= amount;
  balances[to] += amount;
  return (struct answer){LEDGER_OK, {++transfer_count}};
}

static struct answer audit(void) {
  int64_t sum = 0;
  for (int32_t i = 0; i < account_count; i++) sum += balances[i];
  return (struct answer){LEDGER_OK,
                         {account_count, (int32_t)(uint32_t)sum, (int32_t)(sum >> 32), transfer_count}};
}

static struct answer handle(int32_t label, int32_t w0, int32_t w1, int32_t w2) {
  switch (label) {
    case LEDGER_OPEN: return open_account(w0);
    case LEDGER_TRANSFER: return transfer(w0, w1, w2);
    case LEDGER_BALANCE:
      if (!is_account(w0)) return refuse(LEDGER_NO_ACCOUNT);
      return (struct answer){LEDGER_OK, {balances[w0]}};
    case LEDGER_AUDIT: return audit();
    default: return refuse(LEDGER_BAD_REQUEST);
  }
}

SHOAL_MAIN() {
  shoal_status status = shoal_receive(SHOAL_SLOT_SERVED);
  while (status == SHOAL_STATUS_OK) {
    struct answer a = handle(shoal_label(), shoal_word(0), shoal_word(1), shoal_word(2));
    status = shoal_reply_and_receive(SHOAL_SLOT_SERVED, a.label, a.word[0], a.word[1], a.word[2], a.word[3],
                                     0, 0);
  }
  return status;
}
