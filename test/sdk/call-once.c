/* Calls the endpoint in its first free slot once, and exits with the status. */
#include "shoal.h"

SHOAL_MAIN() { return shoal_call(SHOAL_SLOT_FIRST_FREE, 1, 2, 3, 4, 5, 6, 7); }
