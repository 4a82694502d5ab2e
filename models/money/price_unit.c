#include "models/money/price_unit.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* base: how many of the unit are one base unit. */
static const struct price_unit {
  const char *per;
  enum price_of of;
  double base;
} units[] = {{"month", PRICE_TIME, 1},
             {"h", PRICE_TIME, HOURS_A_MONTH},
             {"day", PRICE_TIME, HOURS_A_MONTH / 24.0},
             {"year", PRICE_TIME, 1 / 12.0},
             {"min", PRICE_TIME, HOURS_A_MONTH * 60},
             {"s", PRICE_TIME, SECONDS_A_MONTH},
             {"GB", PRICE_BYTES, 1},
             {"TB", PRICE_BYTES, 1 / 1e3},
             {"GiB", PRICE_BYTES, 1 / 1.073741824},
             {"TiB", PRICE_BYTES, 1 / 1099.511627776},
             {"GB-month", PRICE_STORED, 1},
             {"GiB-month", PRICE_STORED, 1 / 1.073741824},
             {"GB-h", PRICE_STORED, HOURS_A_MONTH},
             {"GB-s", PRICE_STORED, SECONDS_A_MONTH},
             {"vCPU-month", PRICE_CPU, 1},
             {"vCPU-h", PRICE_CPU, HOURS_A_MONTH},
             {"vCPU-s", PRICE_CPU, SECONDS_A_MONTH},
             {"LCU-h", PRICE_LCU, HOURS_A_MONTH},
             {"million", PRICE_REQUESTS, 1},
             {"request", PRICE_REQUESTS, 1e6},
             {"seat", PRICE_SEATS, 1},
             {"user", PRICE_USERS, 1},
             {"host", PRICE_HOSTS, 1}};

/* Words of quantities that are no units of prices. base: how many base units one is. */
static const struct {
  const char *word;
  enum price_of of;
  double base;
} words[] = {{"MB", PRICE_BYTES, 1e-3},
             {"PB", PRICE_BYTES, 1e6},
             {"M", PRICE_REQUESTS, 1},
             {"k", PRICE_REQUESTS, 1e-3},
             {"thousand", PRICE_REQUESTS, 1e-3},
             {"million requests", PRICE_REQUESTS, 1},
             {"requests", PRICE_REQUESTS, 1e-6},
             {"seats", PRICE_SEATS, 1},
             {"users", PRICE_USERS, 1},
             {"hosts", PRICE_HOSTS, 1},
             {"months", PRICE_TIME, 1},
             {"hours", PRICE_TIME, 1.0 / HOURS_A_MONTH},
             {"GB-hours", PRICE_STORED, 1.0 / HOURS_A_MONTH},
             {"vCPU-hours", PRICE_CPU, 1.0 / HOURS_A_MONTH},
             {"LCU-hours", PRICE_LCU, 1.0 / HOURS_A_MONTH}};

static const struct price_unit *unit_of(const char *per) {
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (!strcmp(units[i].per, per)) return &units[i];
  return NULL;
}

enum price_of price_of(const struct money_value *price) {
  const struct price_unit *u = unit_of(price->per);
  return u ? u->of : PRICE_AMOUNT;
}

double price_in_base(const struct money_value *price) {
  const struct price_unit *u = unit_of(price->per);
  return u ? price->amount * u->base : price->amount;
}

const char *price_base_name(enum price_of of) {
  static const char *const names[] = {
      [PRICE_AMOUNT] = "",     [PRICE_TIME] = "",      [PRICE_BYTES] = "GB",         [PRICE_STORED] = "GB-month",
      [PRICE_CPU] = "vCPU",    [PRICE_LCU] = "LCU",    [PRICE_REQUESTS] = "million", [PRICE_SEATS] = "seats",
      [PRICE_USERS] = "users", [PRICE_HOSTS] = "hosts"};
  return names[of];
}

const char *price_units_of(enum price_of of) {
  static const char *const names[] = {[PRICE_AMOUNT] = "nothing",
                                      [PRICE_TIME] = "hour, day, month or year",
                                      [PRICE_BYTES] = "GB or TB",
                                      [PRICE_STORED] = "GB-month",
                                      [PRICE_CPU] = "vCPU-h or vCPU-s",
                                      [PRICE_LCU] = "LCU-h",
                                      [PRICE_REQUESTS] = "million requests",
                                      [PRICE_SEATS] = "seat",
                                      [PRICE_USERS] = "user",
                                      [PRICE_HOSTS] = "host"};
  return names[of];
}

/* Whether a quantity of one measure is one of the other: storage is counted in bytes. */
static bool counts(enum price_of quantity, enum price_of price) {
  return quantity == price || (quantity == PRICE_BYTES && price == PRICE_STORED);
}

static bool base_of_word(const char *word, enum price_of of, double *out) {
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strcmp(words[i].word, word) && counts(words[i].of, of)) return *out = words[i].base, true;
  const struct price_unit *u = unit_of(word);
  if (!u || !counts(u->of, of)) return false;
  *out = 1 / u->base;
  return true;
}

bool quantity_in_base(const char *text, const char *per, double *out) {
  const struct price_unit *u = unit_of(per);
  while (isspace((unsigned char)*text)) text++;
  if (!u || !isdigit((unsigned char)*text) || text[strspn(text, "0123456789.")] == 'x') return false;
  char *end;
  double number = strtod(text, &end), base = 1 / u->base;
  while (isspace((unsigned char)*end)) end++;
  if (*end && !base_of_word(end, u->of, &base)) return false;
  *out = number * base;
  return true;
}

const char *quantity_example(const char *per) {
  static const char *const examples[] = {
      [PRICE_AMOUNT] = "10",         [PRICE_TIME] = "750 hours",   [PRICE_BYTES] = "10TB",          [PRICE_STORED] = "100GB",
      [PRICE_CPU] = "50 vCPU-hours", [PRICE_LCU] = "15 LCU-hours", [PRICE_REQUESTS] = "10 million", [PRICE_SEATS] = "5 seats",
      [PRICE_USERS] = "1000 users",  [PRICE_HOSTS] = "5 hosts"};
  const struct price_unit *u = unit_of(per);
  return examples[u ? u->of : PRICE_AMOUNT];
}
