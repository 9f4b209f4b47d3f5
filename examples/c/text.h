/* What the text server and its client agree on. */
#include "shoal.h"

enum { TEXT_ENDPOINT = SHOAL_SLOT_FIRST_FREE };
enum { TEXT_CAPITALS = 1, TEXT_STOP = 2, TEXT_UNKNOWN = 3 };
enum { TEXT_BYTES_MAX = 4096 };
