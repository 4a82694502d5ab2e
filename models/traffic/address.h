/* Addresses that clients share: a campus, a company, a mobile operator behind one address translator. What counts by address
 * (limits, models/guard/limit.h) takes all clients behind one for a single client.
 *
 * Of the clients of a source a `share` is behind `count` addresses, the others have one of their own. Clients that are known by a
 * number (closed users, `clients` of an open source, sessions) are dealt evenly: of n clients n * share / count stand behind each
 * address, to within one; with `zipf` by Zipf's law, address k with a probability in proportion to k to the power -zipf. A
 * client keeps its address. Requests of clients without a number draw theirs. Sources that give the same `name` share addresses.
 *
 *     "addresses": 1                          "addresses": { "count": 250, "share": "60%", "name": "offices" } */
#ifndef ADDRESS_H
#define ADDRESS_H
#include "sim/describe/field.h"
#include <stdbool.h>

struct linker;
struct model;
struct request;
struct source_config;
struct world;
struct zipf;

struct addresses_config {
  int64_t count; /* 0: each client has an address of its own */
  double share;
  double zipf;
  const char *name; /* null: of this source alone */
  /* Derived. */
  uint64_t entity; /* of the name, or of the source's */
  uint16_t group;  /* the first source that gives the name */
  const struct zipf *law;
};

extern const struct record addresses_record;

/* Reports sources that call different sets of addresses by one name. */
void addresses_link(struct linker *, struct source_config *, const char *path);
/* Whether any source has clients that share one. */
bool addresses_are_shared(const struct model *);

/* The address that the request comes from: one number for all requests from it, and for no other's. */
uint64_t address_of(const struct world *, const struct request *);

#endif
