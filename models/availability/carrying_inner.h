/* The inside of the book: its entries and states. Private to models/availability. */
#ifndef CARRYING_INNER_H
#define CARRYING_INNER_H
#include "models/availability/carrying.h"
#include <pthread.h>

/* LASTED_MOST: of powers of two of seconds. */
enum { LASTED_MOST = 13 };

struct carrying_key {
  uint64_t before, state; /* before: or 0; state: or a kind: the worst course of those of the kind */
  uint32_t level, lasted; /* lasted: 0: of nothing; k: from 2^(k - 1) to 2^k seconds */
};

struct carrying_entry {
  struct carrying_key key;
  bool unsafe, found;  /* found: there is a course */
  bool whole;          /* it changes nothing */
  uint64_t us;         /* microseconds in it, in the first years */
  sim_time bin, until; /* until: since its beginning, what the last share holds; SIM_NEVER: for ever */
  double *ratio;       /* by bin, the last for what comes behind, and endpoint: of what routing serves */
};

/* Which of those that are equal it is: the first of the earliest. */
struct carrying_state {
  uint64_t sum, kind;
  uint32_t replication, sequence;
  const struct stance *stance;
  double *routing; /* by endpoint */
};

struct carrying {
  const struct model *model;
  struct arena *arena;
  struct levels levels;
  struct strain *strain;
  struct work *work; /* null: no size follows the load */
  const struct stance *nominal;
  bool collects;
  double nominal_strain, most; /* most: by how much a level may exceed the mean */
  pthread_mutex_t lock;        /* while collecting */
  uint64_t visits;             /* of strained states, while collecting */
  struct carrying_entry **entries;
  struct carrying_state **states;
  uint32_t entry_count, entry_room, state_count, state_room, runs;
  uint32_t *by_key, *by_sum; /* open addressing, 1 + place; rooms are twice those above */
};

struct carrying_entry *carrying_find(const struct carrying *, const struct carrying_key *);
struct carrying_entry *carrying_add(struct carrying *, const struct carrying_key *);
struct carrying_state *carrying_state(const struct carrying *, uint64_t sum);
struct carrying_state *carrying_add_state(struct carrying *, uint64_t sum);
/* The entries stand in another order. */
void carrying_index(struct carrying *);
/* How long what is in this class has lasted, about. */
sim_time carrying_lasted(const struct carrying *, const struct carrying_key *);

#endif
