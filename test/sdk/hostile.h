/* The attack of the hostile program, for its thread and its portal. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "shoal.h"

/* Recurses, in narrow and then in wide frames, and makes rounds of bad calls there. */
void attack_from(int32_t narrow, int32_t wide, int32_t round_count);

#endif
