/* Users of a closed source: a fixed population. Each thinks, sends one request, waits for the answer (or gives up) and thinks
 * again; all begin by thinking, so they do not ask at once.
 *
 * How the thinking is kept depends on the think time:
 *
 *     constant                             a lane: an entry of 24 bytes each, in order of asking
 *     exponential, more than 10,000 users  one slot of the calendar for all
 *     any other                            a timer heap: 32 bytes each, and the logarithm of their number for each request
 *
 * One slot is enough because the exponential has no memory: while n users think, each for Z in the mean, the next request comes
 * after an exponential time of mean Z / n, from any of them with equal chances, whoever has thought for how long. When n changes
 * the time that is left is drawn anew. Who thinks is kept as a list of numbers in no order, 4 bytes a user: its length is n, who
 * asks is taken from a random place, who returns is put at its end. So each request is still somebody's, and the law of the whole
 * is that of single users exactly; only the draws are others. A user who is answered in no time may then ask within a millisecond,
 * which single users never do.
 *
 * For each request there is one call: source_send(source, n, user). n names the user and how many it sent before; of the many it
 * counts the requests of the source. The answer comes back through users_return.
 * The accounts are for the response time law (R = N / X - Z): every user either thinks or waits, so that over the whole run
 * thought + waited = population x horizon, to the nanosecond; the audit checks it. What was thought is the integral of n; what was
 * waited is the sum over requests from when they were sent to when they came back, those under way included. Owned by the
 * source. */
#ifndef USERS_H
#define USERS_H
#include "sim/engine/event_set.h"
#include "sim/engine/stream.h"
#include <stdbool.h>

struct source;
struct source_config;

enum { USERS_SINGLE = 10000 }; /* most users with exponential think times of whom each has an event of its own */

struct users {
  uint32_t thinking; /* users who think now */
  uint32_t asking;   /* and who wait: both are the population */
  sim_time since;    /* of these numbers */
  unsigned __int128 thought_ns, waited_ns;
  unsigned __int128 asked_at_ns; /* sum over those who wait of when they asked */
  /* Single users. */
  uint64_t key;            /* of the think times, by user and n */
  uint32_t *sent;          /* by user: requests so far */
  struct timer_heap *heap; /* random think times */
  struct lane *lane;       /* a constant think time; else null */
  /* The many. */
  bool many;
  uint64_t asked; /* requests so far: n of the next */
  uint32_t *idle; /* the first `thinking` are who thinks, in no order */
  struct stream draws;
  slot_id slot; /* the next request */
};

/* The source has its world and its config. */
void users_start(struct source *);
void users_stop(struct source *);
/* A user has its answer or has given up, and thinks. */
void users_return(struct source *, uint32_t user, sim_time sent_at);
/* Accounts for what is unfinished at the end. */
void users_close_books(struct source *, sim_time now);

#endif
