/* The price lists that a scenario names, files or those of the program (models/money/known_prices.h): read, joined into one,
 * converted to its currency.
 *
 * {"low": a, "typical": b, "high": c} in place of a price is {"value": b, "range": [a, c]}. The currency is that of the first list.
 * Errors stand at their places in the lists.
 *
 * Where the scenario names an item it may state the price itself: "price": "48 USD/month", or with its source,
 * {"value": "48 USD/month", "source": "..."}. That is an item whose name is the text, next to those of the lists. */
#ifndef PRICE_LISTS_H
#define PRICE_LISTS_H
#include "sim/scenario/bind.h"
#include "sim/scenario/scenario.h"

struct arena;
struct diagnostics;

/* A file of prices, as the scenario names it. */
struct price_file {
  const char *file;
};
extern const struct record price_file_record;

/* Whether the path of an override leads into the price lists. */
bool price_lists_have(const struct scenario_override *);
/* Into the bill of the scenario, whose files are bound; ranges of prices become ranges of the scenario. */
void price_lists_read(struct scenario *, struct arena *, struct diagnostics *, struct binder *, const struct scenario_override *,
                      uint32_t count);

#endif
