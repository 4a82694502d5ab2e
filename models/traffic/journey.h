/* Sessions: clients who arrive once and then walk a journey: browse, choose, hold, pay.
 *
 * A journey is a list of stops. At each the client asks for one endpoint and waits for the answer; then it thinks and goes on to
 * one of the stops in `next`, chosen by weight, or leaves. Without `next` it goes on to the following stop, and after the last
 * one it has arrived. What happens after a failure is the stop's `failed`: leave, try the stop again, or go on as if nothing
 * were.
 *
 * As an absorbing Markov chain with the transition matrix P of answered requests, the mean number of visits to each stop is the
 * first row of (I - P)^-1 (Kemeny and Snell 1960); journey_visits computes it, for the table of bottlenecks and the estimate of
 * work. Errand k of session n draws its demands, thoughts and turns from streams keyed by (source, n, k): the same people meet
 * every cluster. */
#ifndef JOURNEY_H
#define JOURNEY_H
#include "models/request/request.h"
#include "sim/engine/distribution.h"
#include "sim/engine/sim_time.h"

struct client;
struct model;
struct source;
struct source_config;
struct world;

enum failed_word { FAILED_LEAVE, FAILED_AGAIN, FAILED_GO_ON };

struct journey_stop_config {
  const char *name; /* null: its endpoint's */
  int32_t ask;      /* endpoint */
  struct distribution think;
  struct weights next; /* by name; reference is the stop, or STOP_LEAVE; no weights: the following stop */
  int32_t failed;
  struct config_list files; /* struct page_file_config; none: it is no page */
  int64_t at_once;          /* files on their way */
};
enum { STOP_LEAVE = -1, JOURNEY_STOPS = 64, JOURNEY_WHOLE = JOURNEY_STOPS };

extern const struct record journey_stop_record;

struct session_meters {
  uint32_t active, finished, left, length;
};

/* Of a source with pages only. */
struct page_meters {
  uint32_t load, broken;
};

/* Resolves names and checks the journey. Null, or what is wrong; *at is the stop's number, or JOURNEY_WHOLE. */
const char *journey_link(struct model *, struct source_config *, uint32_t *at);
/* Mean number of requests of a session by endpoint, added to `visits`, if every request is answered. */
void journey_visits(const struct source_config *, double *visits);

/* Constant thoughts take a lane each, others the clients' heap. */
void journey_start(struct source *);
void journey_stop(struct source *);
/* Clients in its lanes, for the audit. */
uint64_t journey_thinking(const struct source *);
/* A client begins its journey: session n of the source. */
void journey_begins(struct world *, struct client *, uint64_t n);
/* Its request has been answered, or has failed for good. Who is told that all is sold goes home. */
void journey_continues(struct world *, struct client *, enum outcome);
/* So have the files of its page. */
void journey_goes_on(struct world *, struct client *, enum outcome);
/* Handler: it has thought. */
void journey_asks(void *world, uint32_t client);

#endif
