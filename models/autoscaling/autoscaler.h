/* The autoscaler at work: scrapes what is used, and every sync lets the HPA controller decide the number of replicas.
 *
 * What it looks at is in watched.h, what the controller does with it in hpa.h. `schedule` raises the minimum at given times, as a
 * cron job does that changes minReplicas: the next sync brings the service to it. Invariant (audit): never more replicas wanted
 * than the maximum, never fewer than the minimum, once it has synced. */
#ifndef AUTOSCALER_H
#define AUTOSCALER_H
#include "models/core/parts.h"
#include "models/autoscaling/hpa.h"
#include "models/autoscaling/watched.h"
#include "models/service/autoscale.h"
#include "sim/engine/calendar.h"

struct audit;
struct linker;
struct model;
struct service_config;
struct world;

struct autoscaler {
  struct world *world;
  uint32_t service;
  slot_id scrape, sync;
  struct hpa hpa;
  struct watched *watched;
  uint32_t watched_count;
  struct hpa_pod *pods; /* of one sync; room for the service's capacity */
  uint64_t changes;     /* how often the size was changed */
  bool synced;
  sim_time resolution, period;
  int32_t asked; /* by its metrics at the last sync, before any limit */
  /* In years without requests (scaling_years.h): */
  double most_cores; /* that a replica can use */
  double enough;     /* scaling_enough */
  double offered;    /* requests a second, at the last scrape */
  double *expected;  /* by replica: cores in use since the last scrape */
  sim_time phase, changed_at;
  slot_id alarm; /* the clock changes something: it wakes then */
  bool rests;
};

/* Sets up the autoscalers of all services that have one. Metrics are read every `resolution`; every `sync` a size is decided,
 * and the orchestrator brings the service to it. */
void autoscalers_start(struct world *, const struct scaling_flags *);

/* The controller of a service, from what its `autoscale` and the flags say. */
struct hpa_config autoscale_controller(const struct service_config *, const struct scaling_flags *);
/* The smallest size at this time of the run. */
int64_t autoscale_min_at(const struct model *, const struct autoscale_config *, sim_time);
/* When that changes next, or SIM_NEVER. */
sim_time autoscale_min_until(const struct model *, const struct autoscale_config *, sim_time);
/* Lowest share of the CPU request among its metrics, or NAN: it does not look at CPU. */
double autoscale_cpu_target(const struct autoscale_config *);
/* Some metric counts jobs. */
bool autoscale_counts_jobs(const struct model *, const struct autoscale_config *);
void autoscale_check(struct linker *, struct service_config *, const char *path);
void audit_autoscalers(const struct audit *);

struct autoscalers {
  struct autoscaler *each;
  uint32_t count;
};
static inline struct autoscalers *world_autoscalers(const struct world *w) { return world_part(w, PART_autoscalers); }

#endif
