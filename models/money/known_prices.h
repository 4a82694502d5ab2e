/* The price lists that come with the program: scenarios/prices/NAME.json, compiled in as text. A scenario names one by its name
 * alone, "prices": "digitalocean", wherever it is; a list of the user is a file. */
#ifndef KNOWN_PRICES_H
#define KNOWN_PRICES_H

struct known_prices {
  const char *name, *text;
};
extern const struct known_prices known_prices[]; /* by name; ends with a null name */

const struct known_prices *known_prices_named(const char *name); /* null when there is none */

#endif
