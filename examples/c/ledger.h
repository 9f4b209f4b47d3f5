/*
 * What the ledger and its clients say to each other. Accounts are numbered from 0. Money is made when an
 * account is opened and at no other time, so the sum of all balances is known at every moment.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "shoal.h"

enum {
  /* w0 first balance. Answers w0 the number of a new account. */
  LEDGER_OPEN = 1,
  /* w0 from, w1 to, w2 amount. Answers w0 the number of this transfer, counted from 1. */
  LEDGER_TRANSFER,
  /* w0 account. Answers w0 its balance. */
  LEDGER_BALANCE,
  /* Answers w0 accounts, w1 and w2 the sum of all balances (low, high), w3 transfers made. */
  LEDGER_AUDIT,
};

enum { LEDGER_OK = 0, LEDGER_NO_ACCOUNT, LEDGER_NO_MONEY, LEDGER_FULL, LEDGER_BAD_REQUEST };

enum { LEDGER_ACCOUNTS_MAX = 1024 };

#endif
