/* What the dispatcher of a worker pool, its workers and its clients agree on. */
#ifndef POOL_H
#define POOL_H

#include "shoal.h"

/* The dispatcher's endpoint, in the tables of all three. */
#define POOL_ENDPOINT SHOAL_SLOT_FIRST_FREE

/*
 * Labels of calls to the dispatcher. A client submits a number and is answered when the job is done; a
 * worker takes a job, and with the same call hands in the result of the one before.
 */
enum {
  POOL_SUBMIT = 1, /* w0: a number. Answered POOL_DONE, w0: how many primes are not above it */
  POOL_LEAVE = 2,  /* the client has no more jobs */
  POOL_TAKE = 3,   /* w0: ticket of the job that is done or 0, w1: its result. Answered POOL_JOB or POOL_END */
};

/* Labels of answers. */
enum { POOL_DONE = 11, POOL_JOB = 12, POOL_END = 13, POOL_REFUSED = 14 };

/* How many clients there are; when all have left, the workers are sent home. */
enum { POOL_CLIENTS = 3, POOL_WORKERS = 2 };

#endif
