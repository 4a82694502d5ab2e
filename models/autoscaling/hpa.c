#include "models/autoscaling/hpa.h"
#include <assert.h>
#include <math.h>

struct sums {
  int64_t usage, request;
  int64_t count;
};

struct census {
  int32_t ready, unready, missing;
  struct sums measured;        /* ready pods with a metric */
  struct sums absent, waiting; /* missing and unready ones, usage as if idle */
  int64_t absent_full_milli;   /* what the missing ones would use at 100%, or at the target if that is higher */
};

enum hpa_pod_class hpa_classify(const struct hpa_params *params, const struct hpa_pod *pod, bool cpu) {
  if (pod->deleting || pod->phase == HPA_FAILED) return HPA_POD_IGNORED;
  if (pod->phase == HPA_PENDING) return HPA_POD_UNREADY;
  if (pod->usage_milli == HPA_NO_METRIC) return HPA_POD_MISSING;
  if (!cpu) return HPA_POD_READY;
  if (pod->ready == HPA_READY_ABSENT || pod->start_age == HPA_NO_START) return HPA_POD_UNREADY;
  bool unready = pod->ready == HPA_READY_FALSE;
  if (pod->start_age < params->cpu_initialization_period) /* its first sample may be the start-up's CPU, not the load's */
    unready = unready || pod->metric_age > pod->transition_age - pod->metric_window;
  else /* a pod that was ready once keeps counting: an overloaded pod must not vanish from the average */
    unready = unready && pod->transition_age > pod->start_age - params->initial_readiness_delay;
  return unready ? HPA_POD_UNREADY : HPA_POD_READY;
}

static bool within_tolerance(const struct hpa_params *params, double ratio) {
  return 1.0 - params->tolerance_down <= ratio && ratio <= 1.0 + params->tolerance_up;
}

/* Replica counts beyond int32 cannot come from a sane target; they are cut, where Go's conversion would be undefined. */
static int32_t replicas_from(double count) {
  double up = ceil(count);
  if (up >= (double)INT32_MAX) return INT32_MAX;
  return up <= 0 ? 0 : (int32_t)up;
}

static void add_pod(struct sums *sums, const struct hpa_pod *pod, int64_t usage) {
  assert(usage >= 0);
  sums->usage += usage;
  sums->request += pod->request_milli;
  sums->count++;
}

static int64_t full_usage(struct hpa_target target, const struct hpa_pod *pod) {
  assert(target.value > 0);
  if (!target.relative) return target.value;
  return pod->request_milli * (target.value > 100 ? target.value : 100) / 100;
}

/* Deleted and failed pods are left out altogether. False: a pod has no request, which fails the metric whatever its class. */
static bool take_census(const struct hpa_params *params, struct hpa_target target, const struct hpa_pod *pods, uint32_t count,
                        struct census *out) {
  *out = (struct census){0};
  for (uint32_t i = 0; i < count; i++) {
    const struct hpa_pod *pod = &pods[i];
    if (target.relative && pod->request_milli == HPA_NO_REQUEST) return false;
    switch (hpa_classify(params, pod, target.cpu)) {
    case HPA_POD_READY:
      out->ready++, add_pod(&out->measured, pod, pod->usage_milli);
      break;
    case HPA_POD_UNREADY:
      out->unready++, add_pod(&out->waiting, pod, 0);
      break;
    case HPA_POD_MISSING:
      out->missing++, add_pod(&out->absent, pod, 0);
      out->absent_full_milli += full_usage(target, pod);
      break;
    case HPA_POD_IGNORED:
      break;
    }
  }
  return out->measured.count > 0;
}

/* False when the requests are all zero. */
static bool measure(struct hpa_target target, const struct sums *sums, double *ratio, int64_t *value) {
  assert(target.value > 0);
  int64_t below = target.relative ? sums->request : sums->count;
  if (below == 0) return false;
  *value = (target.relative ? 100 : 1) * sums->usage / below;
  *ratio = (double)*value / (double)target.value;
  return true;
}

static void merge(struct sums *into, const struct sums *from, int64_t usage) {
  into->usage += usage;
  into->request += from->request;
  into->count += from->count;
}

/* The cautious second look: pods without a sample are assumed to be what makes the step smaller. */
static struct sums fill_in(const struct census *census, double ratio) {
  struct sums filled = census->measured;
  if (ratio < 1.0) merge(&filled, &census->absent, census->absent_full_milli);
  if (ratio > 1.0) merge(&filled, &census->absent, 0);
  if (ratio > 1.0) merge(&filled, &census->waiting, 0);
  return filled;
}

static int32_t replicas_after_fill(const struct hpa_params *params, struct hpa_target target, const struct census *census,
                                   double ratio, int32_t current) {
  struct sums filled = fill_in(census, ratio);
  double again;
  int64_t ignored;
  if (!measure(target, &filled, &again, &ignored)) return current;
  bool turned = (ratio < 1.0 && again > 1.0) || (ratio > 1.0 && again < 1.0);
  if (turned || within_tolerance(params, again)) return current;
  int32_t replicas = replicas_from(again * (double)filled.count);
  if ((again < 1.0 && replicas > current) || (again > 1.0 && replicas < current)) return current;
  return replicas;
}

bool hpa_pod_replicas(const struct hpa_params *params, int32_t current, struct hpa_target target, const struct hpa_pod *pods,
                      uint32_t count, struct hpa_proposal *out) {
  assert(target.value > 0);
  struct census census;
  double ratio;
  if (!take_census(params, target, pods, count, &census)) return false;
  if (!measure(target, &census.measured, &ratio, &out->measured)) return false;
  if (census.missing > 0 || (census.unready > 0 && ratio > 1.0))
    out->replicas = replicas_after_fill(params, target, &census, ratio, current);
  else /* by the ready pods, not by the current size: unready ones are left out on the way down */
    out->replicas = within_tolerance(params, ratio) ? current : replicas_from(ratio * census.ready);
  return true;
}

bool hpa_cpu_replicas(const struct hpa_params *params, int32_t current, int32_t target_pct, const struct hpa_pod *pods,
                      uint32_t count, struct hpa_proposal *out) {
  return hpa_pod_replicas(params, current, (struct hpa_target){target_pct, true, true}, pods, count, out);
}

int32_t hpa_equal_pods(const struct hpa_params *params, int32_t current, int32_t target_pct, int64_t usage_milli,
                       int64_t request_milli) {
  struct sums sums = {usage_milli * current, request_milli * current, current};
  double ratio;
  int64_t ignored;
  if (!measure((struct hpa_target){target_pct, true, true}, &sums, &ratio, &ignored) || within_tolerance(params, ratio))
    return current;
  return replicas_from(ratio * current);
}

bool hpa_pods_average_value(const struct hpa_params *params, int32_t current, int64_t target_milli, const struct hpa_pod *pods,
                            uint32_t count, struct hpa_proposal *out) {
  return hpa_pod_replicas(params, current, (struct hpa_target){target_milli, false, false}, pods, count, out);
}

bool hpa_total_value(const struct hpa_params *params, int32_t current, int32_t ready_pods, int64_t target_milli,
                     int64_t total_milli, struct hpa_proposal *out) {
  assert(target_milli > 0);
  double ratio = (double)total_milli / (double)target_milli;
  out->measured = total_milli;
  if (current == 0)
    out->replicas = replicas_from(ratio);
  else
    out->replicas = within_tolerance(params, ratio) ? current : replicas_from(ratio * ready_pods);
  return true;
}

bool hpa_average_of_total(const struct hpa_params *params, int32_t current, int64_t target_milli, int64_t total_milli,
                          struct hpa_proposal *out) {
  assert(target_milli > 0);
  double total = (double)total_milli, target = (double)target_milli;
  out->measured = current ? (int64_t)ceil(total / current) : total_milli;
  bool stay = current != 0 && within_tolerance(params, total / (target * current));
  out->replicas = stay ? current : replicas_from(total / target);
  return true;
}

bool hpa_combine(int32_t current, const int32_t *proposals, uint32_t count, int32_t *out) {
  int32_t largest = HPA_NO_PROPOSAL;
  bool failed = false;
  for (uint32_t i = 0; i < count; i++) {
    failed = failed || proposals[i] == HPA_NO_PROPOSAL;
    if (proposals[i] > largest) largest = proposals[i];
  }
  if (largest == HPA_NO_PROPOSAL || (failed && largest < current)) return false;
  *out = largest;
  return true;
}
