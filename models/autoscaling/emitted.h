/* The root's "metrics": numbers that an autoscaler can look at besides CPU and memory, as an adapter feeds them.
 *
 *     jobs        jobs of a queue that wait (or that are unfinished)      of the whole
 *     in_flight   requests inside a service                              of each replica; the whole is their sum
 *     rate        requests that a service answers a second               of each replica; the whole is their sum
 *     values      what the scenario says, by time of the run             of the whole and of each replica alike
 *
 * A number belongs to the last scrape. A rate is that of the window between the last two scrapes. */
#ifndef EMITTED_H
#define EMITTED_H
#include "models/core/model.h"
#include "models/core/parts.h"
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"

struct world;
struct linker;

enum emitted_kind { EMITS_JOBS, EMITS_IN_FLIGHT, EMITS_RATE, EMITS_VALUES };
enum jobs_counted { JOBS_THAT_WAIT, JOBS_UNFINISHED };

struct emitted_value {
  sim_time at;
  double value;
};

struct emitted_config {
  const char *name;
  int32_t jobs, in_flight, rate; /* queue, service, service; -1 */
  int32_t counted;               /* enum jobs_counted */
  struct config_list values;     /* struct emitted_value, in order of time */
};

/* What is kept of a replica between scrapes: in the order of a service's containers. */
struct emitted_window {
  uint64_t answered;
  double rate;
};

extern const struct record emitted_root_record;
static inline const struct config_list *model_emitted(const struct model *m) { return model_part(m, PART_autoscalers); }
static inline const struct emitted_config *model_emits(const struct model *m, uint32_t i) {
  return (const struct emitted_config *)model_emitted(m)->items + i;
}

enum emitted_kind emitted_kind(const struct emitted_config *);
/* The service whose replicas emit it, or -1. */
int32_t emitted_by(const struct emitted_config *);
void emitted_link(struct linker *);

/* In thousandths, now. windows: of the service that emits it, by replica; only rates read them. */
int64_t emitted_whole(const struct world *, const struct emitted_config *, const struct emitted_window *windows);
int64_t emitted_of_replica(const struct world *, const struct emitted_config *, const struct emitted_window *windows,
                           uint32_t replica);

#endif
