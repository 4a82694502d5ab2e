/* Money where prices are ranges: between what it lies.
 *
 * A price with low, typical and high ends makes the bill three bills, and whatever is reckoned from it lies between two ends: the
 * bill with all of its prices low or high, a margin with a low bill and high revenue or the other way round. The value is that at
 * the typical prices. A claim must hold at both ends: no number of replications tells which price it is.
 *
 *     if (has_price_ends(m, model)) ends = price_ends_of(m, model, view, NULL);
 *     price_ends_of(m, model, view, item)     with only the price of this item at its ends, and all others typical */
#ifndef PRICE_ENDS_H
#define PRICE_ENDS_H
#include "sim/measure/evidence.h"

struct price_item;

struct price_ends {
  double low, high;
};

/* Whether the measure is of money and prices of the scenario have ends. */
bool has_price_ends(const struct measure *, const struct model *);
struct price_ends price_ends_of(const struct measure *, const struct model *, const struct view *, const struct price_item *only);
/* Estimates at both ends, each with the interval of its own samples. False: there are none. */
bool entry_price_ends(const struct evidence *, const struct entry *, struct estimate ends[2]);
/* For people: which price decides whether the claim holds; null when it holds at both ends, or at none. */
const char *price_that_decides(const struct evidence *, const struct claim *, const struct entry *);

#endif
