/* Users of a closed source: a fixed population. Each thinks, sends one request, waits for the answer (or gives up) and thinks
 * again; all begin by thinking, so they do not ask at once.
 *
 * For each request there is one call: source_send(source, n, user), n naming the user and how many it sent before. The answer
 * comes back through users_return.
 * The accounts are for the response time law (R = N / X - Z): every user either thinks or waits, so that over the whole run
 * thought + waited = population x horizon, to the nanosecond; the audit checks it. Owned by the source. */
#ifndef USERS_H
#define USERS_H
#include "sim/engine/event_set.h"
#include <stdbool.h>

struct source;

struct users {
  uint64_t key;                   /* of the think times, by user and n */
  struct timer_heap *thinking;    /* random think times */
  struct lane *thinking_constant; /* constant think time; else null */
  /* By user: since when it has been in its state, whether that is thinking, and how many requests it has sent. */
  sim_time *since;
  bool *thinks;
  uint32_t *sent;
  unsigned __int128 thought_ns, waited_ns;
};

/* The source has its world and its config. */
void users_start(struct source *);
void users_stop(struct source *);
/* A user has its answer or has given up, and thinks. */
void users_return(struct source *, uint32_t user, sim_time sent_at);
/* Accounts for what is unfinished at the end. */
void users_close_books(struct source *, sim_time now);

#endif
