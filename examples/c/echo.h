/* What the echo servers and their client agree on. */
#ifndef ECHO_H
#define ECHO_H

#include "shoal.h"

/* The endpoint: the server receives from it, the client calls it. */
#define ECHO_ENDPOINT SHOAL_SLOT_FIRST_FREE

/* The handler number of the portal that stands behind it, in the portal form. */
#define ECHO_HANDLER 7

/* Labels. A ping is answered by its label plus one and its first word plus its second. */
enum { ECHO_PING = 100, ECHO_PONG = 101, ECHO_STOP = 102, ECHO_UNKNOWN = 103 };

#endif
