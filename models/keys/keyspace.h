/* Keyspaces: what requests are about. Products, events, tenants: a catalogue of which each request has one item.
 *
 * Whatever needs to know which item it is (the key in a cache, the row that is locked, the shard, the replica by consistent hash)
 * names a keyspace; all steps of a request that name the same one mean the same item, and so do all attempts of one errand: a retry
 * asks for the same event again. A keyspace "by" client gives each client one item for all its requests (the tenant, the account).
 *
 * Popularity: item k of n (k = 1 is the most popular) has a probability in proportion to k^-zipf, Zipf's law; zipf 0: all alike.
 * An item is found from the request's subject (or its client) and the keyspace's name, and stored nowhere: what other components
 * ask shifts nothing.
 *
 *     "keys": { "events": { "of": 5000, "zipf": 0.9 }, "tenants": { "of": 200, "zipf": 1, "by": "client" } } */
#ifndef KEYSPACE_H
#define KEYSPACE_H
#include "sim/describe/field.h"
#include "models/core/model.h"
#include <stdint.h>

struct arena;
struct request;
struct world;
struct zipf;

/* Others keep something for each item, or sum over all, up to so many. */
enum { KEYSPACE_TABLE = 1 << 22 };
enum keyspace_by { BY_REQUEST, BY_CLIENT };

struct keyspace_config {
  const char *name;
  int64_t of; /* items */
  double zipf;
  int32_t by;             /* enum keyspace_by */
  uint64_t entity;        /* derived: names its draws */
  const struct zipf *law; /* derived: by keyspace_link; null: all items alike */
};

extern const struct record keyspace_record;

void keyspace_link(struct keyspace_config *, struct arena *);
/* The request's item: 0 is the most popular, of - 1 the least. */
uint32_t keyspace_item(const struct world *, const struct request *, uint32_t keyspace);
/* The n-th item of a request that is about several, not always different ones; the 0-th is keyspace_item. */
uint32_t keyspace_item_at(const struct world *, const struct request *, uint32_t keyspace, uint32_t n);
/* Probability of the item. */
double keyspace_probability(const struct keyspace_config *, uint32_t item);

extern const struct record keyspaces_root_record;
static inline struct config_list *model_keyspaces(const struct model *m) { return model_part(m, PART_keyspaces); }
static inline const struct keyspace_config *model_keyspace(const struct model *m, uint32_t i) {
  return (const struct keyspace_config *)model_keyspaces(m)->items + i;
}

#endif
