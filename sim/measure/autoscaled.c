#include "sim/measure/autoscaled.h"
#include "models/service/service.h"
#include "models/autoscaling/autoscaler.h"
#include "models/autoscaling/hpa.h"
#include <math.h>

enum { STEPS = 64, LOOKS = 8 };

/* The most replicas that there can be: of what is asked for, those that find a node. */
static double most_of(const struct service_config *s) {
  double most = (double)s->autoscale.max;
  return s->autoscale.room > 0 ? fmin(most, (double)s->autoscale.room) : most;
}

static double running(const struct service_config *s, int32_t size) { return fmin((double)size, most_of(s)); }

/* The load at which the first resource of n replicas is full. */
static double full_at(const struct autoscaled_load *l, double n) {
  double first = INFINITY;
  for (uint32_t i = 0; i < l->count; i++) {
    const struct autoscaled_resource *r = &l->resources[i];
    if (r->demand_s > 0) first = fmin(first, fmax(0, n * r->capacity - r->constant) / r->demand_s);
  }
  return first;
}

/* What a replica uses of the CPU at this load, as the metrics server has it. */
static int64_t usage_milli(const struct autoscaled_load *l, double n, double load) {
  double carried = 1;
  for (uint32_t i = 0; i < l->count; i++) {
    const struct autoscaled_resource *r = &l->resources[i];
    carried = fmin(carried, n * r->capacity / (r->demand_s * load + r->constant));
  }
  return (int64_t)(carried * (l->cpu_s * load + l->cpu_constant) / n * 1000 + 0.5);
}

/* What the metric asks for. */
static int32_t wanted_size(const struct service_config *s, const struct autoscaled_load *l, double load, int32_t size) {
  int32_t target = (int32_t)(autoscale_cpu_target(&s->autoscale) * 100 + 0.5);
  return hpa_equal_pods(&l->params, size, target, usage_milli(l, running(s, size), load), s->resources.requests.cpu);
}

static int32_t next_size(const struct service_config *s, const struct autoscaled_load *l, double load, int32_t size) {
  int32_t wanted = wanted_size(s, l, load, size);
  return hpa_limit_without_behavior(size, wanted, (int32_t)s->autoscale.min, (int32_t)s->autoscale.max).replicas;
}

/* The size that the controller comes to; of a circle the smallest. */
static int32_t first_size(const struct service_config *s, const struct autoscaled_load *l) {
  int64_t start = !l->steady || s->replicas < s->autoscale.min ? s->autoscale.min : s->replicas;
  return (int32_t)(start < s->autoscale.max ? start : s->autoscale.max);
}

static int32_t settled_size(const struct service_config *s, const struct autoscaled_load *l, double load) {
  int32_t size = first_size(s, l), least = INT32_MAX;
  for (int i = 0; i < STEPS; i++) {
    int32_t next = next_size(s, l, load, size);
    if (next == size) return size;
    size = next;
    if (i >= STEPS / 2 && size < least) least = size;
  }
  return least;
}

/* Full replicas always make the controller add one: it goes to the maximum before the service is full. */
static bool grows_when_full(const struct service_config *s, const struct autoscaled_load *l) {
  for (uint32_t i = 0; i < l->count; i++)
    if (l->resources[i].constant > 0) return false;
  return wanted_size(s, l, 2 * full_at(l, 1), 1) > 1;
}

double autoscaled_replicas(const struct service_config *s, const struct autoscaled_load *l) {
  double most = most_of(s);
  if (l->jobs) return most;
  if (isnan(autoscale_cpu_target(&s->autoscale))) return running(s, first_size(s, l));
  if (!l->count || isinf(full_at(l, 1)) || grows_when_full(s, l)) return most;
  for (double n = 1; n <= most; n++) { /* from the load that n - 1 replicas carry to that of n */
    double from = full_at(l, n - 1), to = full_at(l, n);
    for (int look = 0; look <= LOOKS; look++) {
      double load = look ? from + (to - from) * look / LOOKS : from + (to - from) * 1e-6;
      double given = running(s, settled_size(s, l, load));
      if (load > full_at(l, given) * (1 + 1e-12)) return given;
    }
  }
  return most;
}
