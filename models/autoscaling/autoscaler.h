/* The autoscaler at work: scrapes CPU use, and every sync lets the HPA controller decide the number of replicas. */
#ifndef AUTOSCALER_H
#define AUTOSCALER_H
#include "models/core/parts.h"
#include "models/autoscaling/hpa.h"
#include "sim/engine/calendar.h"

struct world;

struct autoscaler {
  struct world *world;
  uint32_t service;
  slot_id scrape, sync;
  struct hpa hpa;
  struct hpa_pod *pods; /* of one sync; room for the service's capacity */
  uint64_t changes;     /* how often the size was changed */
  sim_time resolution, period;
};

/* Sets up the autoscalers of all services that have one. CPU is measured over each `resolution`; every `period` a size is decided,
 * and the orchestrator brings the service to it. */
void autoscalers_start(struct world *, sim_time resolution, sim_time period);

struct autoscalers {
  struct autoscaler *each;
  uint32_t count;
};
static inline struct autoscalers *world_autoscalers(const struct world *w) { return world_part(w, PART_autoscalers); }

#endif
