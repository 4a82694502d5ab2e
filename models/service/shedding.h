/* Load shedding: a replica drops waiting newcomers whose turn comes too late, so that it works for those that still wait.
 *
 * Judged is a request when its turn comes: the head of the queue for a thread, or of the event loop's queue if it has not computed
 * there yet. Work that has begun is never dropped. Two rules, either or both:
 *
 * Deadline: one that has waited longer than `queue_deadline` is dropped.
 *
 * CoDel (Nichols and Jacobson 2012; RFC 8289): waits above `target` are tolerated as long as at least one in every `interval`
 * stays below it: a burst passes, a standing queue does not. When waits have been at or above `target` for a whole interval, one
 * request is dropped, and the next ones at ever shorter distances, until a wait below the target ends it:
 *
 *     next = last + interval / sqrt(count)                  count: dropped so far in this stretch
 *
 * A stretch that begins within 16 intervals after the last goes on at the rate that it had found: count then starts from what the
 * last stretch added to its own start, if that is more than 1. As RFC 8289 never drops the last packet of a queue, the last
 * waiting request is never dropped by CoDel. The square root is IEEE's, so is every next instant, cut to whole nanoseconds.
 *
 * Dropped requests fail with outcome `shed`. The process of a new replica begins with no memory. */
#ifndef SHEDDING_H
#define SHEDDING_H
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>

struct codel_config {
  sim_time target;
  sim_time interval; /* 0: no CoDel */
};

extern const struct record codel_record;

struct shedder {
  struct codel_config codel;
  sim_time deadline;
  uint32_t meter; /* counts what it drops */
  /* CoDel's state; the names are the RFC's. */
  bool dropping;
  bool dropped; /* the last one judged, within the stretch: drop_next is not yet advanced */
  uint32_t count, last_count;
  sim_time first_above, drop_next; /* first_above 0: not above the target */
};

/* Forgets what it has seen. */
void shedder_reset(struct shedder *);
/* Whether the request whose turn has come now, after this wait, is dropped; last: no other request waits. */
bool shedder_drops(struct shedder *, sim_time now, sim_time waited, bool last);

#endif
