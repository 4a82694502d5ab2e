/* What a service says of its autoscaler: keys only. What it does: models/autoscaling/autoscaler.h.
 *
 * Its metrics are in Kubernetes' words: Resource (cpu, memory), Pods, Object and External. `cpu` and `queue` of the autoscaler
 * itself are short for metrics. Linking leaves `cpu` at 80% where the scenario names nothing to scale on. */
#ifndef AUTOSCALE_H
#define AUTOSCALE_H
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

enum { AUTOSCALE_METRICS = 8 };

/* A time in which a metric has no value. */
struct metric_failure {
  sim_time at, lasts; /* since the start of the run */
};

struct metric_config {
  double cpu, memory;             /* share of the request, or NAN */
  int64_t cpu_average;            /* millicores of each replica, or 0 */
  int64_t memory_average;         /* bytes of each replica, or 0 */
  int32_t pods, object, external; /* root's "metrics", or -1 */
  double value, average;          /* of these three; 0: not given */
  struct config_list failures;    /* struct metric_failure */
};

/* How much the size may change in a period: by pods or by percent, the other is 0. */
struct scale_policy {
  int64_t pods, percent;
  sim_time period;
};

struct scale_rules {
  sim_time window; /* stabilisation; -1: its default */
  int32_t select;  /* enum hpa_select */
  double tolerance;
  struct config_list policies; /* struct scale_policy; none: the defaults */
};

struct scale_behavior {
  bool given;
  struct scale_rules up, down;
};

/* From `at` of the wall clock, every `every`, for a time: at least this many. */
struct scale_schedule {
  sim_time at, every, lasts;
  int64_t min;
};

struct autoscale_config {
  int64_t min, max;
  double cpu;                 /* target utilisation of the CPU request; NAN: not of its own */
  struct config_list metrics; /* struct metric_config */
  struct scale_behavior behavior;
  struct config_list schedule; /* struct scale_schedule */
  int32_t queue;               /* whose waiting jobs are looked at, or -1 */
  double jobs;                 /* target of them for each replica */
  int64_t room;                /* derived: replicas that find a node by their requests */
};

/* What the platform says of all autoscalers. */
struct scaling_flags {
  sim_time resolution, sync, downscale; /* the window of metrics and their period; the controller's; stabilisation downwards */
  sim_time initialization, readiness;
  double tolerance;
};

extern const struct record autoscale_record;

#endif
