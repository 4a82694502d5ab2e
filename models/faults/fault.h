/* Faults: what breaks, how often, and how long until it is repaired. */
#ifndef FAULT_H
#define FAULT_H
#include "models/core/parts.h"
#include "sim/describe/field.h"
#include "sim/engine/calendar.h"
#include "sim/engine/distribution.h"

struct world;

enum fault_kind { FAULT_NODE, FAULT_CRASH };

struct fault_config {
  const char *name;
  int32_t kind;
  int32_t nodes;              /* node group, FAULT_NODE */
  int32_t service;            /* FAULT_CRASH */
  sim_time mtbf;              /* mean up time of one node or replica, exponential; SIM_NEVER: only the drill */
  struct distribution uptime; /* instead of the exponential */
  struct distribution repair; /* FAULT_NODE */
  sim_time at;                /* a drill: the first node or replica breaks then; SIM_NEVER: no drill */
};

extern const struct record fault_record;

/* One fault on one target. */
struct fault_process {
  struct world *world;
  const struct fault_config *config;
  uint32_t fault, target; /* target: node or container */
  bool broken, drill;
  struct stream draws;
  slot_id slot;
};

struct faults {
  struct fault_process *processes;
  uint32_t count;
};
static inline struct faults *world_faults(const struct world *w) { return world_part(w, PART_faults); }

#endif
