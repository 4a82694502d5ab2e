/* Sources: who sends requests and when.
 *
 * An open source sends at its profile's rate whatever happens to the answers (arrivals.h). A closed source is a fixed population:
 * each user thinks, sends one request, waits for the answer (or for the time-out) and thinks again (users.h).
 * Whatever decides when, somebody who arrives is one call: source_send(source, n, user).
 * A client has a time-out (it goes, the servers notice nothing) or patience (it stands in the queue of the first service and
 * leaves it).
 * Request n of a source draws its demands from a stream of its own, (seed, replication, source, n): the same customers meet
 * every cluster. */
#ifndef SOURCE_H
#define SOURCE_H
#include "models/traffic/arrivals.h"
#include "models/traffic/profile.h"
#include "models/traffic/users.h"
#include "sim/engine/distribution.h"
#include "sim/engine/event_set.h"

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
  int64_t priority;
  struct distribution busyness; /* of the rate's factor; solved by model_link */
};

extern const struct record source_record;

/* A source at work in one replication. */
struct source {
  struct world *world;
  const struct source_config *config;
  uint32_t index;
  uint64_t request_key;     /* keys the stream of request n: n counts the source's requests (open) or the user's (closed) */
  double *mix_up_to;        /* cumulative shares of the endpoints, in the order of mix */
  struct lane *patience;    /* the client's time-out; null when it waits for ever */
  bool impatient;           /* its requests leave queues */
  struct arrivals arrivals; /* open */
  struct users users;       /* closed */
};

void source_start(struct source *, struct world *, const struct source_config *, uint32_t index);
void source_stop(struct source *);
/* Somebody arrives: request n of the source is sent now. user: NOBODY, or who waits for its end (closed). */
void source_send(struct source *, uint64_t n, uint32_t user);
/* The client of a closed source has its answer or has given up: the user thinks. */
void source_user_returns(struct source *, uint32_t user, sim_time sent_at);
/* Accounts for users who are thinking at the end, so that thought + waited = population x horizon. */
void source_close_books(struct source *, sim_time now);

#endif
