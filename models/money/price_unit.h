/* What prices are per, and quantities of it.
 *
 * A unit belongs to a measure: a TB is bytes, an hour is time. Prices of one measure are compared, tiered and summed in its base
 * unit, so that a quantity has one meaning whatever the price list says:
 *
 *     time        a month of 730 hours          h, s, min, day, year
 *     bytes       a GB (10^9)                   TB, GiB, TiB
 *     stored      a GB for a month              GiB-month, GB-h, GB-s: of storage, or of memory
 *     CPU         a vCPU for a month            vCPU-h, vCPU-s
 *     LCU         an LCU for a month            LCU-h
 *     requests    a million                     request
 *     seats, users, hosts                       each, a month
 *
 *     price_in_base(&(struct money_value){0.0104, "USD", "h"})       7.592 a month
 *     quantity_in_base("10TB", "GB", &base)                          10000 GB */
#ifndef PRICE_UNIT_H
#define PRICE_UNIT_H
#include "sim/describe/field.h"

enum { HOURS_A_MONTH = 730, SECONDS_A_MONTH = 730 * 3600 };

enum price_of {
  PRICE_AMOUNT, /* per nothing */
  PRICE_TIME,
  PRICE_BYTES,
  PRICE_STORED,
  PRICE_CPU,
  PRICE_LCU,
  PRICE_REQUESTS,
  PRICE_SEATS,
  PRICE_USERS,
  PRICE_HOSTS
};

/* What the price is per; a plain amount is PRICE_AMOUNT. */
enum price_of price_of(const struct money_value *);
/* What one base unit costs. */
double price_in_base(const struct money_value *);
/* What one base unit is called: "GB", "million"; "" of time. */
const char *price_base_name(enum price_of);
/* For messages: "hour, day, month or year". */
const char *price_units_of(enum price_of);

/* A quantity such as "10TB", "10 million", or a number of what the price is `per`. False when it is none of that measure. */
bool quantity_in_base(const char *text, const char *per, double *out);
/* For messages: how such a quantity is written. */
const char *quantity_example(const char *per);

#endif
