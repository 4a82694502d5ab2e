/* The Kubernetes Horizontal Pod Autoscaler v2, to the integer truncation.
 *
 * Every sync period (15 s) the controller asks how many pods would bring the measured CPU to its target, remembers the
 * answer, and moves the replica count towards it. Four things that spreadsheets miss live in the details:
 *
 *   - utilisation is an INTEGER percent, the ratio of sums: U = trunc(100 * sum(usage) / sum(request)), and nothing happens
 *     while U/target is inside the tolerance, so one load has several stable sizes;
 *   - pods that are not ready, or have no metric yet, damp every step: unready ones count as idle on the way up, missing ones
 *     as full on the way down and as idle on the way up, and a step that would then turn round is not made;
 *   - scaling down waits for the highest recommendation of the last 300 s, and a controller that starts remembers the size
 *     that it finds; scaling up is limited per sync: max(2n, 4) without spec.behavior, by policies with it;
 *   - size outside [min, max] is corrected at once, without metrics or memory.
 *
 * Two layers. Pure functions, one per step of the controller's source, for the tests against its own 107 cases; and
 * `struct hpa`, which owns the memory (fixed arrays, nothing is allocated) and does a whole sync:
 *
 *     struct hpa_config config = hpa_config_default();
 *     config.max = 20, config.target_pct = 60;
 *     struct hpa hpa;
 *     hpa_init(&hpa, &config);
 *     replicas = hpa_reconcile(&hpa, now, replicas, pods, pod_count);     every config.sync_period
 *
 * The memory is lost when the controller restarts: hpa_init again. Times at the edge follow the source: a recommendation
 * exactly as old as the window still counts without behavior and no longer counts with it; a scale event exactly as old as
 * its policy's period no longer counts. Source: kubernetes/kubernetes pkg/controller/podautoscaler, horizontal.go and
 * replica_calculator.go; restated in docs as rules, with constants from config/v1alpha1/defaults.go. */
#ifndef HPA_H
#define HPA_H
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

#define HPA_NO_METRIC    ((int64_t)-1)  /* usage_milli of a pod without one */
#define HPA_NO_REQUEST   ((int64_t)-1)  /* request_milli: one such pod makes the whole metric fail */
#define HPA_NO_START     ((sim_time)-1) /* start_age of a pod that has not started */
#define HPA_NO_PROPOSAL  ((int32_t)-1)  /* a metric that could not be computed */
#define HPA_POLICIES_MAX 4
#define HPA_LOG_MAX      512 /* a window of 3600 s (the API's limit) at one sync each 8 s */

/* ---- pods ---- */

enum hpa_phase { HPA_PENDING, HPA_RUNNING, HPA_SUCCEEDED, HPA_FAILED };
enum hpa_condition { HPA_READY_FALSE, HPA_READY_TRUE, HPA_READY_ABSENT };
enum hpa_pod_class { HPA_POD_READY, HPA_POD_UNREADY, HPA_POD_MISSING, HPA_POD_IGNORED };

struct hpa_pod {
  int64_t request_milli; /* CPU request, or ignored for metrics that are not relative */
  int64_t usage_milli;   /* the metric in thousandths, or HPA_NO_METRIC */
  enum hpa_phase phase;
  enum hpa_condition ready;
  bool deleting;
  sim_time start_age;      /* since the pod started, or HPA_NO_START */
  sim_time transition_age; /* since the Ready condition last changed */
  sim_time metric_age;     /* since the end of the sample's window */
  sim_time metric_window;  /* over which the sample was taken */
};

struct hpa_params {
  double tolerance_up, tolerance_down; /* ratio 1 - down .. 1 + up changes nothing, both ends included */
  sim_time cpu_initialization_period;  /* 300 s */
  sim_time initial_readiness_delay;    /* 30 s */
};

/* `cpu`: readiness is consulted only for CPU; for memory and custom metrics unready pods count. */
enum hpa_pod_class hpa_classify(const struct hpa_params *, const struct hpa_pod *, bool cpu);

/* ---- one metric -> a number of replicas; false: it cannot be computed and nothing may change because of it ---- */

struct hpa_proposal {
  int32_t replicas;
  int64_t measured; /* CPU: utilisation in percent; else the value in thousandths; before any fill-in */
};

/* What is measured against what: percent of the requests (relative), or thousandths of each pod. */
struct hpa_target {
  int64_t value;
  bool relative, cpu; /* cpu: readiness is consulted */
};

/* The metric in usage_milli of each pod; requests and usage of memory may be in bytes, both. */
bool hpa_pod_replicas(const struct hpa_params *, int32_t current, struct hpa_target, const struct hpa_pod *, uint32_t count,
                      struct hpa_proposal *out);
bool hpa_cpu_replicas(const struct hpa_params *, int32_t current, int32_t target_pct, const struct hpa_pod *, uint32_t count,
                      struct hpa_proposal *out);
/* The same of `current` ready pods that use alike; `current` when their request is zero. */
int32_t hpa_equal_pods(const struct hpa_params *, int32_t current, int32_t target_pct, int64_t usage_milli, int64_t request_milli);
/* Metric type Pods: usage_milli against an average target. */
bool hpa_pods_average_value(const struct hpa_params *, int32_t current, int64_t target_milli, const struct hpa_pod *,
                            uint32_t count, struct hpa_proposal *out);
/* Object or External with `value`; ready_pods: running and ready. From 0 replicas the tolerance is not consulted. */
bool hpa_total_value(const struct hpa_params *, int32_t current, int32_t ready_pods, int64_t target_milli, int64_t total_milli,
                     struct hpa_proposal *out);
/* Object or External with `averageValue`. */
bool hpa_average_of_total(const struct hpa_params *, int32_t current, int64_t target_milli, int64_t total_milli,
                          struct hpa_proposal *out);
/* The largest of several proposals (HPA_NO_PROPOSAL: failed). False: all failed, or one did and the rest would scale down. */
bool hpa_combine(int32_t current, const int32_t *proposals, uint32_t count, int32_t *out);

/* ---- memory: what the controller remembers, with the time; an entry that no window reaches is overwritten ---- */

struct hpa_log {
  uint32_t count;
  struct hpa_entry {
    sim_time at;
    int32_t value;
  } entries[HPA_LOG_MAX];
};

/* The largest recommendation of the window, which then remembers `desired`. Without spec.behavior. */
int32_t hpa_stabilize_without_behavior(struct hpa_log *, sim_time now, sim_time window, int32_t desired);
/* Both windows: the current size is raised to the lowest of the up window, then lowered to the highest of the down window. */
int32_t hpa_stabilize_with_behavior(struct hpa_log *, sim_time now, sim_time up_window, sim_time down_window, int32_t current,
                                    int32_t desired);

/* ---- limits of one step ---- */

enum hpa_limit_reason { HPA_WITHIN_RANGE, HPA_TOO_FEW, HPA_TOO_MANY, HPA_SCALE_UP_LIMIT, HPA_SCALE_DOWN_LIMIT };
enum hpa_select { HPA_SELECT_MAX, HPA_SELECT_MIN, HPA_SELECT_DISABLED }; /* max: the largest change */
enum hpa_policy_type { HPA_POLICY_PODS, HPA_POLICY_PERCENT };

struct hpa_policy {
  enum hpa_policy_type type;
  int32_t value;
  sim_time period;
};

struct hpa_rules {
  enum hpa_select select;
  uint32_t count;
  struct hpa_policy policies[HPA_POLICIES_MAX];
  sim_time window; /* stabilisation */
};

struct hpa_limited {
  int32_t replicas;
  enum hpa_limit_reason reason;
};

struct hpa_limited hpa_limit_without_behavior(int32_t current, int32_t desired, int32_t min, int32_t max);
/* Where the policies alone would let the size go, given what was added and removed inside each policy's period. */
int32_t hpa_policy_limit_up(const struct hpa_rules *, sim_time now, int32_t current, const struct hpa_log *ups,
                            const struct hpa_log *downs);
int32_t hpa_policy_limit_down(const struct hpa_rules *, sim_time now, int32_t current, const struct hpa_log *ups,
                              const struct hpa_log *downs);

/* ---- the controller ---- */

struct hpa_behavior {
  struct hpa_rules up, down;
};

struct hpa_config {
  int32_t min, max, target_pct;
  sim_time sync_period;
  struct hpa_params params;
  sim_time downscale_window; /* without behavior */
  bool has_behavior;
  struct hpa_behavior behavior;
};

struct hpa {
  struct hpa_config config;
  struct hpa_log recommendations, ups, downs;
  enum hpa_limit_reason reason; /* of the last sync, for traces */
};

struct hpa_limited hpa_rate_limit_with_behavior(const struct hpa_behavior *, sim_time now, int32_t current, int32_t desired,
                                                int32_t min, int32_t max, const struct hpa_log *ups, const struct hpa_log *downs);

struct hpa_config hpa_config_default(void);      /* the shipped defaults; min 1, max 10, target 80, no behavior */
struct hpa_behavior hpa_behavior_default(void);  /* what the API fills in when spec.behavior is present and empty */
bool hpa_config_fits(const struct hpa_config *); /* can the fixed memory hold the longest window? Check before hpa_init. */
void hpa_init(struct hpa *, const struct hpa_config *);
/* It remembers what a controller does that has asked for the same for longer than any window, the last time at this instant. */
void hpa_resume(struct hpa *, sim_time at, int32_t asked);
/* One sync on CPU: the size to set now; `current` when nothing changes. current 0 with min > 0 means switched off. */
int32_t hpa_reconcile(struct hpa *, sim_time now, int32_t current, const struct hpa_pod *, uint32_t count);
/* A sync with the proposals of the metrics given. */
int32_t hpa_reconcile_proposals(struct hpa *, sim_time now, int32_t current, const int32_t *proposals, uint32_t count);

#endif
