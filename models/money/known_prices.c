#include "models/money/known_prices.h"
#include <stddef.h>
#include <string.h>

#define PRICES(name, text) {name, text},
const struct known_prices known_prices[] = {
#include "prices/prices.inc"
    {NULL, NULL}};
#undef PRICES

const struct known_prices *known_prices_named(const char *name) {
  for (const struct known_prices *p = known_prices; p->name; p++)
    if (!strcmp(p->name, name)) return p;
  return NULL;
}
