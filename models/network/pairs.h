/* Names of two regions, "us-eu": either may hold hyphens itself. */
#ifndef PAIRS_H
#define PAIRS_H
#include "models/network/regions.h"

/* How many pairs the name may mean, and one of them; 0: none. */
int pairs_named(const struct regions *, const char *name, uint32_t pair[2]);

#endif
