#include "sim/measure/measure.h"
#include "models/availability/outage.h"
#include "sim/measure/reach.h"
#include "sim/measure/resource.h"
#include "models/service/computing.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <stdlib.h>

/* --- counts and latencies ---------------------------------------------------------------------------------------------------- */

struct counts {
  uint64_t arrived, ended[OUTCOMES];
};

static struct counts counts_of(const struct measure *m, const struct model *model, const struct view *v) {
  struct counts c = {0};
  uint32_t row = m->subject == SUBJECT_ALL ? v->endpoint_count : m->index;
  if (m->window.kind == WINDOW_WHOLE) {
    c.arrived = v->arrived[row];
    for (uint32_t k = 0; k < OUTCOMES; k++) c.ended[k] = v->ended[row * OUTCOMES + k];
    return c;
  }
  struct reach reach = reach_of(&m->window, model, &v->observation);
  for (uint32_t e = 0; e < v->endpoint_count; e++)
    for (uint32_t i = 0; i < reach.windows && (m->subject == SUBJECT_ALL || e == m->index); i++) {
      if (!reach_covers(&reach, i)) continue;
      const struct endpoint_window *w = &v->observation.endpoints[e].windows[i];
      c.arrived += w->arrived;
      for (uint32_t k = 0; k < OUTCOMES; k++) c.ended[k] += w->ended[k];
    }
  return c;
}

static uint64_t all_ended(const struct counts *c) {
  uint64_t sum = 0;
  for (uint32_t k = 0; k < OUTCOMES; k++) sum += c->ended[k];
  return sum;
}

static uint64_t all_failed(const struct counts *c) {
  uint64_t sum = 0;
  for (uint32_t k = 0; k < OUTCOMES; k++) sum += outcome_failed(k) ? c->ended[k] : 0;
  return sum;
}

static double from_values(const struct measure *m, const struct histogram *h) {
  if (!h->count) return NAN;
  switch (m->aggregate) {
  case AGGREGATE_QUANTILE:
    return histogram_quantile(h, m->p) * 1e-9;
  case AGGREGATE_MAX:
    return (double)histogram_max(h) * 1e-9;
  case AGGREGATE_SD:
    return histogram_sd(h) * 1e-9;
  case AGGREGATE_SHARE: {
    double at_most = histogram_share_at_most(h, m->threshold);
    return m->above ? 1 - at_most : at_most;
  }
  default:
    return histogram_mean(h) * 1e-9;
  }
}

/* Calls `with` on the histogram of the measure's latency or wait. */
static double with_values(const struct measure *m, const struct model *model, const struct view *v,
                          double (*with)(const struct measure *, const struct histogram *)) {
  bool waits = m->quantity == QUANTITY_WAIT;
  if (waits && !v->observation.records_waits) return NAN;
  if (m->subject == SUBJECT_SERVICE) return with(m, &v->observation.services[m->index].latency);
  if (m->window.kind == WINDOW_WHOLE && !waits)
    return with(m, &v->latency[m->subject == SUBJECT_ALL ? v->endpoint_count : m->index]);
  struct arena *arena = arena_new();
  struct histogram sum;
  histogram_open(&sum, arena);
  struct reach reach = reach_of(&m->window, model, &v->observation);
  for (uint32_t e = 0; e < v->endpoint_count; e++)
    for (uint32_t i = 0; i < reach.windows && (m->subject == SUBJECT_ALL || e == m->index); i++) {
      const struct endpoint_observation *o = &v->observation.endpoints[e];
      if (reach_covers(&reach, i)) histogram_merge(&sum, waits ? &o->waits[i] : &o->windows[i].latency);
    }
  double value = with(m, &sum);
  arena_free(arena);
  return value;
}

static double count_values(const struct measure *m, const struct histogram *h) {
  (void)m;
  return (double)h->count;
}

/* Ends of what is known of a percentile or a share from the buckets of its histogram. */
static struct histogram_range range_in(const struct measure *m, const struct histogram *h) {
  if (!h->count) return (struct histogram_range){NAN, NAN};
  if (m->aggregate == AGGREGATE_QUANTILE) {
    struct histogram_range ns = histogram_quantile_range(h, m->p);
    return (struct histogram_range){ns.low * 1e-9, ns.high * 1e-9};
  }
  struct histogram_range at_most = histogram_share_range(h, m->threshold);
  return m->above ? (struct histogram_range){1 - at_most.high, 1 - at_most.low} : at_most;
}
static double least_in(const struct measure *m, const struct histogram *h) { return range_in(m, h).low; }
static double greatest_in(const struct measure *m, const struct histogram *h) { return range_in(m, h).high; }

/* Mean attributed time of one kind per completed request. */
static double time_of_kind(const struct measure *m, const struct model *model, const struct view *v) {
  double ns = 0, completed = 0;
  for (uint32_t e = 0; e < v->endpoint_count; e++) {
    if (m->subject == SUBJECT_ENDPOINT && e != m->index) continue;
    const struct program *p = &model->programs[e];
    for (uint32_t b = 0; b < SLOW_BINS; b++) {
      const struct slow_bin *bin = slow_bin_at(&v->observation.endpoints[e], b);
      completed += bin ? (double)bin->count : 0;
      for (uint32_t i = 0; bin && bin->count && i < p->cell_count; i++)
        ns += p->cells[i].kind == m->time_kind ? bin->cell_ns[i] : 0;
    }
  }
  return completed ? ns / completed * 1e-9 : NAN;
}

/* Measured, in the part that the measure looks at, summed over the replications. */
static double seconds_of(const struct measure *m, const struct model *model, const struct view *v) {
  if (m->window.kind == WINDOW_WHOLE) return v->seconds;
  struct reach reach = reach_of(&m->window, model, &v->observation);
  return (double)reach_count(&reach) * sim_seconds(v->observation.window_length) * v->replications;
}

/* --- resources ----------------------------------------------------------------------------------------------------------------- */

static double saturation_of(const struct measure *m, const struct model *model) {
  struct arena *arena = arena_new();
  struct resource *r;
  uint32_t count = resources_of(model, arena, &r);
  double first = INFINITY;
  for (uint32_t i = 0; i < count; i++) {
    if (m->subject != SUBJECT_ALL && (r[i].subject != m->subject || r[i].index != m->index)) continue;
    if (resource_saturates_at(&r[i]) < first) first = resource_saturates_at(&r[i]);
  }
  arena_free(arena);
  return isinf(first) ? NAN : first;
}

/* What a service used in the part that the measure looks at. */
static struct service_use use_of(const struct measure *m, const struct model *model, const struct view *v) {
  const struct service_view *whole = &v->services[m->index];
  struct service_use sum = {whole->used_s,      whole->busy_s,   whole->primary_s, whole->replica_s,
                            whole->pool_used_s, whole->thread_s, whole->core_s};
  if (m->window.kind == WINDOW_WHOLE) return sum;
  sum = (struct service_use){0};
  struct reach reach = reach_of(&m->window, model, &v->observation);
  for (uint32_t i = 0; v->observation.use && i < reach.windows; i++) {
    const struct service_use *u = &v->observation.use[m->index * v->observation.window_count + i];
    if (!reach_covers(&reach, i)) continue;
    sum.used_s += u->used_s, sum.busy_s += u->busy_s, sum.primary_s += u->primary_s, sum.replica_s += u->replica_s;
    sum.pool_used_s += u->pool_used_s, sum.thread_s += u->thread_s, sum.core_s += u->core_s;
  }
  return sum;
}

static double node_utilization(const struct measure *m, const struct model *model, const struct view *v) {
  double used_s = v->node_used_s[m->index], available_s = v->node_available_s[m->index];
  if (m->window.kind != WINDOW_WHOLE) {
    struct reach reach = reach_of(&m->window, model, &v->observation);
    used_s = 0, available_s *= v->seconds > 0 ? seconds_of(m, model, v) / v->seconds : 0;
    for (uint32_t i = 0; v->observation.use && i < reach.windows; i++)
      if (reach_covers(&reach, i)) used_s += v->observation.nodes_used_s[m->index * v->observation.window_count + i];
  }
  return available_s > 0 ? used_s / available_s : NAN;
}

static double utilization_of(const struct measure *m, const struct model *model, const struct view *v) {
  if (m->subject == SUBJECT_NODES) return node_utilization(m, model, v);
  const struct service_config *s = model_service(model, m->index);
  const struct service_use u = use_of(m, model, v);
  double cores = computing_cores(model, s), connections = 0, seconds = seconds_of(m, model, v);
  const struct pool_config *pools = s->pools.items;
  for (uint32_t i = 0; i < s->pools.count; i++) connections += (double)pools[i].max * (double)runtime_processes(s);
  if (m->quantity == QUANTITY_PRIMARY) return seconds > 0 ? u.primary_s / (seconds * cores) : NAN;
  if (u.replica_s <= 0) return NAN;
  double thread_s = s->shifts.count ? u.thread_s : u.replica_s * (double)s->threads * runtime_processes(s);
  double core_s = s->shifts.count ? u.core_s : u.replica_s * cores;
  if (m->quantity == QUANTITY_POOL) return connections > 0 ? u.pool_used_s / (u.replica_s * connections) : NAN;
  if (m->quantity == QUANTITY_THREADS) return thread_s > 0 ? u.busy_s / thread_s : NAN;
  return core_s > 0 ? u.used_s / core_s : NAN;
}

/* --- faults -------------------------------------------------------------------------------------------------------------------- */

static double availability_of(const struct measure *m, const struct view *v) {
  if (v->seconds <= 0) return NAN;
  double share = (m->subject == SUBJECT_ENDPOINT ? v->served_s[m->index] : v->total_served_s) / v->seconds;
  return fabs(1 - share) < 1e-12 ? 1 : share; /* rounding of the sum is no outage */
}

const struct durations *measure_durations(const struct measure *m, const struct view *v) {
  return m->aggregate == AGGREGATE_RPO ? &v->faults[m->index].rpo : &v->faults[m->index].rto;
}

static double mean_duration(const struct durations *d) {
  double sum = 0;
  for (uint64_t i = 0; i < d->count; i++) sum += d->s[i];
  return d->count ? sum / (double)d->count : NAN;
}

/* --- the bill ------------------------------------------------------------------------------------------------------------------ */

/* All that clients get leaves the CDN, where there is one; what it has not leaves the origin first. */
struct sent_bytes measure_sent(const struct model *model, const struct view *v) {
  struct sent_bytes sent = {0, 0};
  for (uint32_t e = 0; v->seconds > 0 && e < v->endpoint_count; e++) {
    const struct endpoint_config *c = model_endpoint(model, e);
    double answered = (double)v->ended[e * OUTCOMES + OUTCOME_COMPLETED], hits = 0;
    if (c->cdn.hit > 0)
      for (uint32_t i = 0; i < v->observation.window_count; i++) hits += v->observation.meters[c->cdn.hits].course.sums[i];
    sent.origin += fmax(0, answered - hits) * (double)c->response;
    sent.cdn += c->cdn.hit > 0 ? answered * (double)c->response : 0;
  }
  if (v->seconds > 0) sent.origin /= v->seconds, sent.cdn /= v->seconds;
  return sent;
}

struct bill_use measure_use(const struct model *model, const struct view *v, struct arena *arena) {
  double *nodes = arena_new_array(arena, double, model->platform.nodes.count + 1);
  for (uint32_t i = 0; i < model->platform.nodes.count; i++) {
    nodes[i] = (double)model_nodes(model, i)->count;
    if (v->seconds > 0) nodes[i] += v->node_gained_s[i] / v->seconds;
  }
  return (struct bill_use){nodes, measure_sent(model, v)};
}

static double cost_of(const struct model *model, const struct view *v) {
  struct arena *arena = arena_new();
  double sum = 0;
  struct bill_row *rows;
  struct bill_use use = measure_use(model, v, arena);
  uint32_t count = bill_compute(model, &use, arena, &rows);
  for (uint32_t i = 0; i < count; i++) sum += rows[i].monthly;
  arena_free(arena);
  return count ? sum : NAN;
}

/* --- all together --------------------------------------------------------------------------------------------------------------- */

/* Time average of a level over the part that is looked at, from its integral by window. */
static double mean_level(const struct series *level, const struct measure *m, const struct model *model, const struct view *v) {
  double ns = 0;
  struct reach reach = reach_of(&m->window, model, &v->observation);
  for (uint32_t i = 0; i < level->windows; i++)
    if (m->window.kind == WINDOW_WHOLE || reach_covers(&reach, i)) ns += level->sums[i];
  return ns * 1e-9 / seconds_of(m, model, v);
}

static double mean_replicas(const struct measure *m, const struct model *model, const struct view *v) {
  if (m->window.kind == WINDOW_WHOLE) return v->services[m->index].replica_s / v->seconds;
  return mean_level(&v->observation.services[m->index].replicas, m, model, v);
}

/* Inside at the end of the measured time. */
static double unanswered(const struct measure *m, const struct view *v) {
  uint64_t sum = 0;
  for (uint32_t e = 0; e < v->endpoint_count; e++)
    if (m->subject == SUBJECT_ALL || e == m->index) sum += v->observation.endpoints[e].inside_until;
  return (double)sum;
}

static double error_rate(const struct measure *m, const struct model *model, const struct view *v) {
  struct counts c = counts_of(m, model, v);
  uint64_t ended = all_ended(&c), failed = m->cause >= 0 ? c.ended[m->cause] : all_failed(&c);
  return ended ? (double)failed / (double)ended : NAN;
}

/* Requests that ended with the measure's cause, or were answered. */
static double ended_of(const struct measure *m, const struct model *model, const struct view *v) {
  if (m->subject == SUBJECT_SERVICE) return (double)v->observation.services[m->index].calls;
  struct counts c = counts_of(m, model, v);
  return (double)c.ended[m->cause >= 0 ? m->cause : OUTCOME_COMPLETED];
}

/* Sum of a meter's course over the windows that are looked at. */
static double sum_of(uint32_t meter, const struct measure *m, const struct model *model, const struct view *v) {
  const struct series *course = &v->observation.meters[meter].course;
  struct reach reach = reach_of(&m->window, model, &v->observation);
  double sum = 0;
  for (uint32_t i = 0; i < course->windows; i++)
    if (m->window.kind == WINDOW_WHOLE || reach_covers(&reach, i)) sum += course->sums[i];
  return sum;
}

static double course_sum(const struct measure *m, const struct model *model, const struct view *v) {
  return sum_of(m->index, m, model, v);
}

static double look_ups(const struct measure *m, const struct model *model, const struct view *v) {
  const struct cache_config *c = &model_service(model, m->index)->cache;
  return v->observation.meter_count ? sum_of(c->hits, m, model, v) + sum_of(c->misses, m, model, v) : 0;
}

static double hit_rate(const struct measure *m, const struct model *model, const struct view *v) {
  double asked = look_ups(m, model, v);
  return asked ? sum_of(model_service(model, m->index)->cache.hits, m, model, v) / asked : NAN;
}

static double meter_value(const struct measure *m, const struct model *model, const struct view *v) {
  if (!v->observation.meter_count) return NAN;
  const struct meter_observation *o = &v->observation.meters[m->index];
  if (m->meter == METER_TIME) return from_values(m, o->time);
  switch (m->aggregate) {
  case AGGREGATE_MAX:
    return o->most;
  case AGGREGATE_MIN:
    return -o->least_negated;
  case AGGREGATE_RATE:
    return course_sum(m, model, v) / seconds_of(m, model, v);
  case AGGREGATE_COUNT:
    return course_sum(m, model, v) / (double)v->replications;
  default:
    return course_sum(m, model, v) * 1e-9 / seconds_of(m, model, v);
  }
}

/* A count of a stored state may be any number. */
static uint64_t whole(double count) { return count > 0 && count < 0x1p63 ? (uint64_t)count : 0; }

static uint64_t meter_observations(const struct measure *m, const struct model *model, const struct view *v) {
  if (!v->observation.meter_count) return 0;
  if (m->meter == METER_TIME) return v->observation.meters[m->index].time->count;
  if (m->meter != METER_COUNT) return v->replications;
  return whole(course_sum(m, model, v));
}

double measure_value(const struct measure *m, const struct model *model, const struct view *v) {
  if (m->quantity == QUANTITY_METER) return meter_value(m, model, v);
  if (m->quantity == QUANTITY_LATENCY || m->quantity == QUANTITY_WAIT) return with_values(m, model, v, from_values);
  if (m->quantity == QUANTITY_TIME) return time_of_kind(m, model, v);
  if (m->quantity == QUANTITY_INSIDE) return mean_level(&v->observation.inside_over_time, m, model, v);
  if (m->quantity == QUANTITY_REPLICAS)
    return m->aggregate == AGGREGATE_MAX ? v->services[m->index].replicas_max : mean_replicas(m, model, v);
  switch (m->aggregate) {
  case AGGREGATE_ERROR_RATE:
    return error_rate(m, model, v);
  case AGGREGATE_RATE:
    return ended_of(m, model, v) / seconds_of(m, model, v);
  case AGGREGATE_COUNT:
    return ended_of(m, model, v) / v->replications;
  case AGGREGATE_ARRIVED:
    return (double)counts_of(m, model, v).arrived / v->replications;
  case AGGREGATE_UNANSWERED:
    return unanswered(m, v) / v->replications;
  case AGGREGATE_UTILIZATION:
    return utilization_of(m, model, v);
  case AGGREGATE_SATURATION:
    return saturation_of(m, model);
  case AGGREGATE_HIT_RATE:
    return hit_rate(m, model, v);
  case AGGREGATE_INSIDE:
    return v->probes[m->index] / v->replications;
  case AGGREGATE_AVAILABILITY:
    return availability_of(m, v);
  case AGGREGATE_DOWNTIME:
    return (1 - availability_of(m, v)) * sim_seconds(SIM_YEAR);
  case AGGREGATE_RTO:
  case AGGREGATE_RPO:
    return mean_duration(measure_durations(m, v));
  case AGGREGATE_COST:
    return cost_of(model, v);
  default:
    return NAN;
  }
}

struct histogram_range measure_range(const struct measure *m, const struct model *model, const struct view *v) {
  struct histogram_range range = {NAN, NAN};
  bool of_values = m->quantity == QUANTITY_LATENCY || m->quantity == QUANTITY_WAIT;
  bool of_meter = m->quantity == QUANTITY_METER && m->meter == METER_TIME && v->observation.meter_count;
  if (m->aggregate != AGGREGATE_QUANTILE && m->aggregate != AGGREGATE_SHARE) return range;
  if (of_meter) return range_in(m, v->observation.meters[m->index].time);
  if (of_values) range.low = with_values(m, model, v, least_in), range.high = with_values(m, model, v, greatest_in);
  return range;
}

uint64_t measure_count(const struct measure *m, const struct model *model, const struct view *v) {
  if (m->quantity == QUANTITY_METER) return meter_observations(m, model, v);
  if (m->quantity == QUANTITY_LATENCY || m->quantity == QUANTITY_WAIT) return whole(with_values(m, model, v, count_values));
  if (m->aggregate == AGGREGATE_RTO || m->aggregate == AGGREGATE_RPO) return measure_durations(m, v)->count;
  if (m->aggregate == AGGREGATE_HIT_RATE) return whole(look_ups(m, model, v));
  if (m->over_faults) return v->replications;
  struct counts c = m->subject <= SUBJECT_ENDPOINT && v->endpoint_count ? counts_of(m, model, v) : (struct counts){0};
  return all_ended(&c) ? all_ended(&c) : v->replications;
}

enum unit measure_unit(const struct measure *m) {
  if (m->aggregate == AGGREGATE_SHARE) return UNIT_RATIO;
  if (m->quantity == QUANTITY_METER && m->meter != METER_COUNT) return m->meter == METER_TIME ? UNIT_SECONDS : UNIT_NONE;
  if (m->quantity == QUANTITY_LATENCY || m->quantity == QUANTITY_WAIT || m->quantity == QUANTITY_TIME) return UNIT_SECONDS;
  switch (m->aggregate) {
  case AGGREGATE_DOWNTIME:
  case AGGREGATE_RTO:
  case AGGREGATE_RPO:
    return UNIT_SECONDS;
  case AGGREGATE_ERROR_RATE:
  case AGGREGATE_UTILIZATION:
  case AGGREGATE_AVAILABILITY:
  case AGGREGATE_HIT_RATE:
    return UNIT_RATIO;
  case AGGREGATE_RATE:
  case AGGREGATE_SATURATION:
  case AGGREGATE_SETTLES:
    return UNIT_PER_SECOND;
  case AGGREGATE_COST:
    return UNIT_CURRENCY;
  case AGGREGATE_COUNT:
  case AGGREGATE_ARRIVED:
  case AGGREGATE_UNANSWERED:
    return UNIT_COUNT;
  default:
    return UNIT_NONE;
  }
}

/* More answers are better, more requests that ended by one cause are worse. Work offered, replicas and what meters count are neither:
 * the program does not know what a count, a level or a time of a part is good for. */
int measure_good_side(const struct measure *m) {
  if (m->quantity == QUANTITY_METER || m->quantity == QUANTITY_REPLICAS) return 0;
  switch (m->aggregate) {
  case AGGREGATE_RATE:
  case AGGREGATE_COUNT:
    return m->cause < 0 ? 1 : -1;
  case AGGREGATE_SHARE:
    return m->above ? -1 : 1;
  case AGGREGATE_SATURATION:
  case AGGREGATE_AVAILABILITY:
  case AGGREGATE_HIT_RATE:
    return 1;
  case AGGREGATE_ARRIVED:
    return 0;
  default:
    return -1; /* latencies, waits, failures, utilization, those inside, time lost, cost */
  }
}

bool measure_is_exact(const struct measure *m, const struct model *model) {
  return m->aggregate == AGGREGATE_SATURATION || (m->aggregate == AGGREGATE_COST && !model->bill.egress && !model->bill.cdn);
}
