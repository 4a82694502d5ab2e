/* Answers: what the walk of outage.c asks of routing that is more than which replicas are in rotation and serve.
 *
 * A block is a group of such questions with one owner: a database's replication and shards, the addresses that pools keep, the
 * services that ail, the
 * links that are cut and the regions that live, and the regions that clients are sent to. Its hash is over the values of all
 * answers that a walk may ask for, in a fixed order. It is taken again only when an answer may have changed: when a container of
 * its service was marked, or something else changed (w->changed_otherwise), or, for what moves with time, at every look.
 *
 *     answers_open(&answers, world);      once
 *     struct state_key k = answers_key(&answers, world);      before w->touched is emptied */
#ifndef ANSWERS_H
#define ANSWERS_H
#include <stdbool.h>
#include <stdint.h>

struct world;

struct state_key {
  uint64_t a, b;
};

struct answer_block;

struct answers {
  struct answer_block *blocks;
  uint32_t count;
  struct state_key sum; /* of all blocks */
};

void answers_open(struct answers *, const struct world *);
/* fresh: all are asked again, whatever has changed. */
struct state_key answers_key(struct answers *, const struct world *, bool fresh);

static inline struct state_key state_key_plus(struct state_key x, struct state_key y) {
  return (struct state_key){x.a + y.a, x.b + y.b};
}
static inline struct state_key state_key_minus(struct state_key x, struct state_key y) {
  return (struct state_key){x.a - y.a, x.b - y.b};
}
static inline bool state_key_equals(struct state_key x, struct state_key y) { return x.a == y.a && x.b == y.b; }

#endif
