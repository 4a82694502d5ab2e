/* When a fault strikes: the time from a repair (or from a strike that needs none) to the next strike. One law, one file.
 *
 *     exponential   "mtbf"; "again": for a while after a repair the next strike is likelier
 *     hours         "mtbf" with "by_hour": the hazard follows the hour of the day
 *     renewal       "uptime": any distribution
 *     calendar      "every": at fixed times, each with a "probability"
 *
 * A law draws from the stream of its process. `first` is asked once, at the beginning of the run. */
#ifndef FAULT_LAW_H
#define FAULT_LAW_H
#include "models/faults/fault.h"

struct strike_law {
  const char *key; /* that selects it */
  bool (*selected)(const struct fault_config *);
  void (*link)(struct linker *, struct fault_config *, const char *path); /* may be null */
  sim_time (*first)(struct fault_process *);                              /* from now */
  sim_time (*next)(struct fault_process *);
  bool by_clock;                               /* `next` depends on the time at which it is asked */
  double (*mean)(const struct fault_config *); /* ns between two strikes, without the repair */
};

extern const struct strike_law law_exponential, law_hours, law_renewal, law_calendar;

/* The law that the fault follows; null: it is struck in drills only. Two keys of different laws are an error. */
const struct strike_law *law_of(const struct fault_config *);
void law_link(struct linker *, struct fault_config *, const char *path);

extern const struct record by_hour_record, again_record;

#endif
