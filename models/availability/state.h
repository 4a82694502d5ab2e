/* State: what routing can tell apart of a world, as a key, and what is known of each key.
 *
 * A run of years sees few states many times: all is well, one of twenty replicas is dead and in rotation, one is away. What the
 * walk over the programs (outage.c) finds depends on the state alone, so that it is walked once and looked up afterwards. The key
 * is
 *
 *     sum over containers of h(service, in rotation, serves, up, place)  +  sum over answers of h(answer)
 *
 * A sum, because replicas that routing cannot tell apart are the same state whichever of them it is: n in rotation, k of these
 * serve. It is kept up to date by the containers that the core has marked since the last look (world_touch), each term taken from
 * the container as it is now. Replicas whose balancer weights differ have their number in the term: the sum of different weights
 * depends on their order in its last bits. Answers (answers.h) are what more than such counts decides: replication, shards,
 * addresses of old primaries, links that are cut, where clients are sent. They are in the key by value, so that what changes with
 * time alone is a new state, or one that was met before.
 *
 * Invariant: two worlds of a model with the same key serve the same share of each endpoint, to the last bit. The key has 128 bits:
 * among a million states two have the same one with a probability of 2e-27. Keys of a model are the same in all its replications;
 * numbers are not.
 *
 * Who lets the walk read something new of a container adds it to `standing` in state.c and marks the container where it changes
 * (world_touch); who lets it read anything else adds a block to answers.c. With `audited` every state is walked again and
 * compared: the suite of states plays random faults with it.
 *
 *     const struct state *s = states_look(world);       after all changes of an instant
 *     if (!s->known) ... walk, fill in s->served[endpoint], s->known = true ...
 *
 * For those who know more of a state than its routing (what the living can carry, say): s->number is dense from 0 for arrays of
 * one's own, and a state that is not known yet is the one that the world is in, so that it can be read from there:
 * state_standing(world, service), w->containers, w->nodes. s->key is the same for the same state in other replications.
 * When STATES_MOST states are kept, further ones are walked each time: their number is STATE_NOT_KEPT, and states->not_kept counts
 * them. */
#ifndef STATE_H
#define STATE_H
#include "models/availability/answers.h"
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct world;

enum { STATES_MOST = 1 << 18 };
#define STATE_NOT_KEPT UINT32_MAX

/* Share of the endpoint's requests that are served; as if no client straggled. */
struct served {
  double all, apart;
};

struct state {
  struct state_key key;
  uint32_t number;
  bool known;
  struct served served[]; /* by endpoint */
};

struct states {
  uint32_t endpoints;
  bool places;
  struct state_key sum, *of;         /* of all containers; the term of each */
  const struct service_asked *asked; /* by service */
  /* Containers that were not up and in rotation at the last look, though they are wanted; by container: its place there, or
   * NONE. */
  uint32_t *amiss, *amiss_at, amiss_count;
  struct answers answers;
  struct state *now;    /* the one found last, or null */
  struct state **slots; /* open addressing by the first half of the key */
  uint32_t room, count;
  struct state *spare; /* for what is not kept */
  uint64_t not_kept;   /* looks that found no room */
};

/* Of a service: replicas that serve, that are in rotation, and that do both. */
struct standing {
  uint32_t serving, rotating, both;
};

/* When all of the world is built. */
void states_open(struct states *, const struct world *);
struct state *states_look(struct states *, struct world *);
struct standing state_standing(const struct world *, uint32_t service);
/* The key from nothing: for tests. */
struct state_key state_key_of(struct states *, const struct world *);

#endif
