/* What a trigger watches, as a claim: "it is not above its limit".
 *
 * A trigger (models/autoscaling/trigger.h) looks at node groups, services or a metric of the scenario, at anything that claims can
 * measure ("when"), or it is a rule of Prometheus ("rule"). Each becomes a measure with a limit in the measure's unit, so that a
 * rule in cores is never compared with a share:
 *
 *     rate(container_cpu_usage_seconds_total{name="backend"}[5m]) > 0.7      cores of each replica, means of 5 min
 *     ... / container_spec_cpu_quota ... > 0.85                              share of its limit
 *     histogram_quantile(0.95, ...) > 0.3                                    seconds, of all requests or of the endpoint it names
 *     1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m])) > 0.85          share of the nodes' CPU; 100 - ... * 100 > 85 too
 *     container_memory_usage_bytes{...} / container_spec_memory_limit_bytes  share of its limit
 *
 * A container that has no limit reports 0 for it: a share of that is above any limit (warning trigger-always). */
#ifndef WATCH_H
#define WATCH_H
#include "sim/engine/sim_time.h"
#include "sim/scenario/claim.h"

struct trigger_config;

struct watch {
  struct claim calm; /* holds while the trigger's condition does not */
  bool known;        /* else `why`: it cannot be followed over months */
  const char *why;
  const char *text;     /* the condition in words: "backend CPU > 0.7 cores" */
  double scale;         /* of the measure to the unit of `text`: cores of a replica for a share; else 1 */
  const char *unit;     /* of `text` where it is not the measure's own: "cores"; else null */
  double most;          /* that the measure can be, at any load; infinite: nothing bounds it */
  const char *most_why; /* "its limit is 500m" */
  sim_time every;       /* between looks, and what they are means over */
};

/* Null, or what is wrong with the key *key of the trigger, as words that follow it. */
const char *watch_of(struct arena *, const struct model *, const struct trigger_config *, struct watch *, const char **key);

#endif
