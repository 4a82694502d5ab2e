/* Cost over users of several architectures, each a growth of its own; filled by growth_costs.c, read by sim/report. Lives as long
 * as the arena and the outlooks. */
#ifndef GROWTH_COSTS_RESULTS_H
#define GROWTH_COSTS_RESULTS_H
#include "sim/questions/growth_results.h"
#include "sim/stats/envelope.h"

struct costs_results {
  const struct outlook_results **outlooks; /* by architecture */
  struct curve *curves;                    /* users against the bill of a month; counts to where it holds */
  const char **names;
  uint32_t count;
  const char *currency;
  struct envelope_range *ranges; /* of users: the cheapest that holds */
  uint32_t range_count;
  const char **notes;
  uint32_t note_count;
  uint64_t requests, events;
  bool interrupted, broken;
};

#endif
