/*
 * A server that keeps a tally for each of its clients, and clients that check every answer: a request
 * that was lost, or counted twice, shows in all that follow.
 */
#ifndef TALLY_H
#define TALLY_H

#include "shoal.h"

enum { TALLY_ENDPOINT = SHOAL_SLOT_FIRST_FREE };

/* ADD: w0 is added. NOTE: the bytes are hashed. STOP: w0 is the number of clients. */
enum { TALLY_ADD = 1, TALLY_NOTE = 2, TALLY_STOP = 3, TALLY_BREAK = 4, TALLY_LOOP = 5, TALLY_DONE = 6 };

enum { TALLY_CLIENTS_MAX = 64, TALLY_NOTE_BYTES_MAX = 4096 };

/* The label of the answer to a request that was set aside. */
enum { TALLY_POISON = 0x7f000002 };

#ifndef TALLY_ROUNDS
#define TALLY_ROUNDS 8
#endif
#ifndef TALLY_CLIENTS
#define TALLY_CLIENTS 1
#endif

#endif
