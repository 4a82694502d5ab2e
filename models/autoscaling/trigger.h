/* Triggers: somebody watches a figure, and when it has been above a limit for long enough adds a worker or replicas by hand.
 *
 * Every `every` the figure is looked at: the mean CPU use of a node group since the last look (of its nodes' cores), the memory
 * resident on them, the CPU or memory of each replica of a service in the mean, or one of the scenario's "metrics". When it was
 * above the limit at each look for the time `for`, the trigger fires. By a person: they acknowledge and find out what to do
 * (models/people, where the scenario describes people), and then it takes `takes`; by a machine only that. Then the nodes join and
 * the replicas start, each up to a number, and the figure has to be above the limit for the whole time again.
 *
 * What runs stays where it is: a new node is empty until something is placed on it. Swarm does not rebalance, nor does Kubernetes;
 * replicas that the trigger adds, and whatever starts or waits for room, go there. There are none in years without requests.
 *
 * A trigger that adds nothing, but says what it calls for (`move`), does nothing in a run: in which month of growth it fires is a
 * question of its own (sim/questions/growth_triggers.c). */
#ifndef TRIGGER_H
#define TRIGGER_H
#include "models/core/model.h"
#include "models/core/part.h"
#include "models/core/parts.h"
#include "sim/engine/calendar.h"
#include "sim/engine/distribution.h"

struct world;

enum trigger_by { BY_PERSON, BY_MACHINE };

struct trigger_config {
  const char *name;
  const char *when, *rule, *move; /* watched over months of growth only (sim/scenario/watch.h); what it calls for */
  int32_t nodes, service, metric; /* what is looked at, or -1 */
  double utilization, filled;     /* of nodes: CPU, memory; NAN */
  int64_t cpu, memory;            /* of each replica of the service; 0 */
  double value;                   /* of the metric; 0 */
  sim_time lasts, every;
  int32_t by, add_nodes, add_replicas;
  int64_t count, up_to;
  struct distribution takes;
  uint32_t fired, acted; /* meters */
};

static inline bool trigger_acts(const struct trigger_config *t) { return t->add_nodes >= 0 || t->add_replicas >= 0; }

struct trigger {
  struct world *world;
  const struct trigger_config *config;
  slot_id look, act;
  double *used;        /* by container: CPU time at the last look */
  sim_time looked_at;  /* the last look */
  sim_time above_from; /* the look from which on it was above; -1: it is not */
  bool acting;
  uint64_t times;
  struct emitted_window *windows;
};

struct triggers {
  struct trigger *each;
};
static inline struct triggers *world_triggers(const struct world *w) { return world_part(w, PART_triggers); }
static inline const struct config_list *model_triggers(const struct model *m) { return model_part(m, PART_triggers); }

extern const struct record trigger_root_record;
void triggers_link(struct linker *, enum link_stage);

#endif
