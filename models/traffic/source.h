/* Sources: who sends requests and when.
 *
 * An open source sends at its profile's rate whatever happens to the answers. A closed source is a fixed population: each
 * user thinks, sends one request, waits for the answer (or for the time-out) and thinks again.
 * A client has a time-out (it goes, the servers notice nothing) or patience (it stands in the queue of the first service and
 * leaves it). Days differ: with a busyness the whole rate of a replication is multiplied by one gamma factor of mean 1, as in
 * Avramidis, Deslauriers and L'Ecuyer (2004); expectations over replications stay those of the profile.
 * Request n of a source draws its demands from a stream of its own, (seed, replication, source, n): the same customers meet
 * every cluster. */
#ifndef SOURCE_H
#define SOURCE_H
#include "models/traffic/profile.h"
#include "sim/engine/event_set.h"
#include "sim/engine/distribution.h"

struct world;

enum source_kind { SOURCE_OPEN, SOURCE_CLOSED };

struct source_config {
  const char *name;
  int32_t kind; /* enum source_kind */
  struct choice rate;
  int64_t population;
  struct distribution think;
  struct weights mix;
  sim_time timeout;             /* SIM_NEVER: waits for ever */
  struct distribution patience; /* no kind: waits in queues for ever */
  double busyness_cv;
  struct distribution busyness; /* of the rate's factor; solved by model_link */
};

extern const struct record source_record;

/* A source at work in one replication. */
struct source {
  struct world *world;
  const struct source_config *config;
  uint32_t index;
  uint64_t request_key;   /* keys the stream of request n: n counts the source's requests (open) or the user's (closed) */
  uint64_t think_key;     /* closed: keys the think times, by user and n */
  uint64_t sent;          /* open: n of the next */
  struct stream arrivals; /* open: gaps */
  slot_id slot;           /* next arrival (open) */
  double busyness;        /* open: the factor of its rate in this replication, 1 when days do not differ */
  double bound;           /* of the rate, in the current cell, busyness included */
  bool flat;              /* the rate is the bound throughout the cell: no thinning needed */
  sim_time cell_end;
  double *mix_up_to;              /* cumulative shares of the endpoints, in the order of mix */
  struct lane *patience;          /* the client's time-out; null when it waits for ever */
  bool impatient;                 /* its requests leave queues */
  struct timer_heap *thinking;    /* closed, random think times */
  struct lane *thinking_constant; /* closed, constant think time */
  /* For the response time law: user time spent in each state over the whole run, in ns. */
  sim_time *user_since;
  bool *user_thinks;
  uint32_t *user_sent;
  unsigned __int128 thought_ns, waited_ns;
};

void source_start(struct source *, struct world *, const struct source_config *, uint32_t index);
void source_stop(struct source *);
/* The client of a closed source has its answer or has given up: the user thinks. */
void source_user_returns(struct source *, uint32_t user, sim_time sent_at);
/* Accounts for users who are thinking at the end, so that thought + waited = population x horizon. */
void source_close_books(struct source *, sim_time now);

#endif
