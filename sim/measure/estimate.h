/* Estimates: the value of an entry over all replications, with the interval that the spread of its samples gives it.
 *
 * Of money whose prices are ranges the value is that at the typical ones, and the interval reaches from the lower end at low prices
 * to the upper one at high prices (price_ends.h).
 *
 * No value is given where none exists or the run says nothing of it: something grows without end, no end of the warm-up was found,
 * too few requests for a percentile. Few failures and few outages have intervals from their counts, what was never seen has an
 * upper bound (Hanley and Lippman-Hand 1983), and what follows from the scenario alone is exact.
 *
 *     struct estimate x = entry_estimate(ev, e);
 *     if (isnan(x.value)) ... entry_why_no_data(ev, e) */
#ifndef ESTIMATE_H
#define ESTIMATE_H
#include "sim/measure/evidence.h"

struct estimate entry_estimate(const struct evidence *, const struct entry *);
/* Of money at the typical prices: without what their ranges add to its interval. */
struct estimate entry_at_typical(const struct evidence *, const struct entry *);
/* Why an estimate has no value, for people. */
const char *entry_why_no_data(const struct evidence *, const struct entry *);
/* A number of things, such as "19,867", for texts. */
const char *entry_count(const struct evidence *, double);
/* Replications that it would take in all until the relative half-width is `precision`; 0 when it is, UINT32_MAX when that cannot be
 * foreseen. Without a value: until there is one. */
uint32_t entry_needs(const struct evidence *, const struct entry *, double precision);

/* estimate_bounds.c: the interval is widened to what is known at all, and kept within what is possible; `independent` is the number
 * of independent observations behind it. */
void estimate_bounds(const struct evidence *, const struct entry *, double independent, struct estimate *);

#endif
