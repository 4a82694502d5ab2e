/* Price lists: a file of its own, with what things cost, where that was read and when.
 *
 * An item has one price, or tiers, each of which holds for the part of the quantity between the end of the tier before it and its
 * own end. What is free is the beginning of the quantity, and so of the first tier. Behind the end of a last tier with an end
 * nothing is known, and nothing unknown is 0: what costs that much has no bill.
 *
 *     "egress": { "free": "100GB", "tiers": [ { "up_to": "10TB", "price": "0.09 USD/GB" }, { "price": "0.085 USD/GB" } ] }
 *     5 GB cost 0; 600 GB (600 - 100) x 0.09; 12 TB (10,000 - 100) x 0.09 + 2,000 x 0.085
 *
 * A promotional price holds for the first months; the bill is that of the months after these, at its renewal, and what the first
 * month costs is said next to it. A price with low, typical and high ends has three bills.
 *
 * A list has one currency. Items in others are converted by the rates that it states, once, when it is read: then all of them are
 * in the currency of the list. Invariant after price_list_settle: every price has a unit of its measure, tiers rise, currencies
 * agree. */
#ifndef PRICE_H
#define PRICE_H
#include "models/money/price_unit.h"
#include "sim/describe/field.h"
#include <stdint.h>

struct arena;

enum price_kind { KIND_LIST, KIND_PROMOTIONAL, KIND_RENEWAL, KIND_RESERVED, KIND_SPOT };
/* Of a price with a range. */
enum price_end { PRICE_LOW, PRICE_TYPICAL, PRICE_HIGH, PRICE_ENDS };

struct price_tier {
  const char *up_to; /* of the quantity from its beginning; null: no end */
  struct money_value price;
  double end; /* derived: in base units */
};

struct price_item {
  const char *name;
  struct money_value price; /* of an item with tiers that of the first */
  struct config_list tiers; /* struct price_tier */
  const char *free;
  int32_t kind;
  int64_t months;             /* of a promotional price: how many it holds */
  struct money_value renewal; /* and what comes then */
  const char *source, *date, *confidence, *note;
  /* Derived. */
  double free_base;                      /* in base units */
  const struct currency_rate *converted; /* the rate by which it was; null: it is in the currency of the list */
};

/* What money of another currency is worth: "18 MXN = 1 USD". */
struct currency_rate {
  const char *name; /* of the currency */
  const char *rate, *source, *date;
  double worth; /* derived: one of it in the currency of the list */
};

struct price_list {
  const char *title;
  const char *currency;     /* null: that of the first item */
  struct config_list rates; /* struct currency_rate */
  struct config_list items; /* struct price_item */
};

extern const struct record price_list_record, price_item_record;

/* Errors of a list, each at a member of one of its structs. */
struct price_report {
  void (*wrong)(void *context, const void *at, const char *message);
  void *context;
};

/* Checks the list and converts it to its currency. Currencies need a rate only where an item is in them. */
void price_list_settle(struct price_list *, struct arena *, const struct price_report *);
/* What an amount in this currency is in that of the list: the factor, or NAN when there is no rate. */
double price_list_worth(const struct price_list *, const char *currency);

const struct price_item *price_named(const struct price_list *, const char *name); /* null when not listed */
/* What the item is per: one measure for all of its tiers. */
enum price_of price_item_of(const struct price_item *);
/* What a quantity in base units costs a month, when the months at a promotional price are over; NAN beyond the last tier. */
double price_cost(const struct price_item *, enum price_end, double quantity);
/* Likewise in the first month. */
double price_first_cost(const struct price_item *, enum price_end, double quantity);
/* Of one base unit: a month of an item per time; of tiers that of the first. */
double price_each(const struct price_item *, enum price_end);
bool price_has_range(const struct price_item *);
bool price_list_has_ranges(const struct price_list *);

#endif
