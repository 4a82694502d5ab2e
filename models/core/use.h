/* Use by part: how busy services and node groups were in each window of the measured time.
 *
 * Integrals over the whole measured time are kept anyway. By window they are their differences between the borders of the windows,
 * at which a run that is asked for them stops for a look: no event, and nothing on the way of a request. What a container used
 * counts for the node that it was on.
 *
 *     use_begin(w);                                the warm-up is over
 *     use_mark(w, i);                              at the end of window i
 *     use_leaves(w, c);                            the container, which computes nothing, leaves its node
 *     observation.use[service * windows + i]       what was used in it */
#ifndef USE_H
#define USE_H

struct container;
struct world;

/* Of a service: core, thread, replica and connection seconds. */
struct service_use {
  double used_s, busy_s;
  double primary_s; /* core seconds of the first replica */
  double replica_s; /* in rotation */
  double pool_used_s;
  double thread_s, core_s; /* with shifts: thread seconds in rotation, and core seconds that they can use */
};

/* What had been used at the last border. */
struct use_marks {
  struct service_use *services;
  double *containers; /* core seconds */
};

void use_begin(struct world *);
void use_mark(struct world *, unsigned window);
void use_leaves(struct world *, const struct container *);

#endif
