/* Money: price lists, and the monthly bill of what ran.
 *
 * A price list is a file of its own: each item has a price per something, where it was read and when. A month is 730 hours.
 * The bill is made from what ran: the hours for which nodes were in the cluster at their groups' prices, fixed charges of the
 * scenario, and egress by what was answered. */
#ifndef PRICE_H
#define PRICE_H
#include "sim/describe/field.h"
#include "models/core/model.h"

struct arena;
struct model;

struct price_item {
  const char *name;
  struct money_value price;
  const char *source, *date;
};

struct price_list {
  const char *title;
  struct config_list items; /* struct price_item */
};

extern const struct record price_list_record;

/* Something that costs and is not a node: managed databases, balancers, control planes. */
struct charge_config {
  const char *name;
  const char *price;
  double quantity;
};

struct bill_config {
  struct config_list charges; /* struct charge_config */
  const char *egress;         /* price item per GB, or null */
  double egress_free_gb;      /* per month */
  const char *cdn;            /* price item per GB, or null */
  struct price_list prices;   /* bound from the file that the scenario names */
};

extern const struct record bill_record;

struct bill_row {
  const char *item, *price, *unit;
  const struct price_item *from;
  double quantity, unit_price, monthly;
};

const struct price_item *price_named(const struct price_list *, const char *name); /* null when not listed */
/* Per month: prices per hour, day, month and year; NaN for a price per something else. */
double price_monthly(const struct money_value *);
/* Per GB, of a price per GB or TB; NaN for a price per something else. */
double price_per_gb(const struct money_value *);
/* Of a charge: of a month, or of a GB, of which there are `quantity` in a month. NAN when it is per something else. */
double price_of_charge(const struct money_value *);
/* Bytes sent a second, on average: by our nodes, and by a CDN in front of them. */
struct sent_bytes {
  double origin, cdn;
};
/* What ran, in the mean of the measured time. */
struct bill_use {
  const double *nodes; /* by group: node hours an hour */
  struct sent_bytes per_s;
};
/* The bill for a month that is like the measured time. Rows in the arena. */
uint32_t bill_compute(const struct model *, const struct bill_use *, struct arena *, struct bill_row **rows);

extern const struct record bill_root_record;
static inline struct bill_config *model_bill(const struct model *m) { return model_part(m, PART_bill); }

#endif
