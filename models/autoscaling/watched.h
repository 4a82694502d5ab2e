/* What an autoscaler looks at, and what each metric asks for.
 *
 * A service's list of metrics, its `cpu` and its `queue` are one list here. Every scrape reads the pods, as metrics-server
 * does: CPU over the window since the last scrape, memory at the instant, rates over the window; a pod that has just come up
 * has no value until a whole window. Every sync makes a proposal of each metric: a number of replicas, or HPA_NO_PROPOSAL where
 * it cannot be computed, because no pod has a value or because its `failures` say so. */
#ifndef WATCHED_H
#define WATCHED_H
#include "models/autoscaling/emitted.h"
#include "models/autoscaling/hpa.h"
#include "models/service/autoscale.h"

struct arena;
struct autoscaler;
struct container;
struct service_config;

enum watched_form { WATCH_CPU, WATCH_MEMORY, WATCH_PODS, WATCH_VALUE, WATCH_AVERAGE };

struct watched {
  enum watched_form form;
  struct hpa_target target;             /* of CPU, memory and pods */
  int64_t goal;                         /* in thousandths, of a value or an average of the whole */
  const struct emitted_config *emitted; /* null: CPU, memory */
  const struct config_list *failures;   /* struct metric_failure; may be null */
  struct emitted_window *windows;       /* of the service that emits a rate; null: none does */
  sim_time since;                       /* the last scrape */
  int64_t *resident;                    /* bytes at the last scrape, by replica; null: not memory */
};

/* One entry of the list of metrics. */
struct watched watched_of(const struct model *, const struct metric_config *);
/* What the service looks at; room: AUTOSCALE_METRICS + 2. Returns how many. */
uint32_t watched_list(const struct model *, const struct service_config *, struct watched *out);

void watched_open(struct autoscaler *, struct watched *);
void watched_scrape(struct autoscaler *, struct watched *);
int32_t watched_proposal(struct autoscaler *, const struct watched *);

#endif
