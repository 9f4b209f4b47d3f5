/*
 * The clocks of processor time, which WASI preview 1 has and today's libc for it no longer names: what a
 * clock is to that libc is a pointer to its number.
 */
#ifndef SHIM_CPU_CLOCKS_H
#define SHIM_CPU_CLOCKS_H

#include <time.h>

struct __clockid {
  unsigned id;
};

static const struct __clockid processCpuClock = {2};
static const struct __clockid threadCpuClock = {3};

#ifndef CLOCK_PROCESS_CPUTIME_ID
#define CLOCK_PROCESS_CPUTIME_ID (&processCpuClock)
#define CLOCK_THREAD_CPUTIME_ID (&threadCpuClock)
#endif

#endif
