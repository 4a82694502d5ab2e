/* The tables of the results: metrics, where time goes, what is full first, what fails, what it costs, outages. */
#include "sim/engine/arena.h"
#include "models/traffic/offered.h"
#include "models/faults/fault.h"
#include "sim/measure/results.h"
#include "models/availability/outage.h"
#include "sim/stats/ascending.h"
#include "sim/stats/interval.h"
#include "sim/measure/estimate.h"
#include "sim/measure/findings.h"
#include "models/traffic/whereabouts.h"
#include "sim/measure/measure_row.h"
#include "sim/measure/resource.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool has_region(const struct metric *m, const char *region) {
  return region ? m->label && !strcmp(m->label, "region") && !strcmp(m->label_value, region) : !m->label;
}

const struct metric *results_metric(const struct results *r, const char *name, const char *aggregate, const char *region) {
  for (uint32_t i = 0; i < r->metric_count; i++) {
    const struct metric *m = &r->metrics[i];
    if (has_region(m, region) && !strcmp(m->name, name) && !strcmp(m->aggregate, aggregate)) return m;
  }
  return NULL;
}

void findings_metrics(const struct evidence *ev, struct results *r) {
  r->metrics = arena_new_array(ev->arena, struct metric, ev->claims_from + 1);
  for (uint32_t i = 0; i < ev->claims_from; i++) {
    const struct entry *e = &ev->entries[i];
    struct metric *m = &r->metrics[r->metric_count++];
    *m = (struct metric){e->name, e->aggregate, e->label, e->label_value, measure_unit(&e->measure), entry_estimate(ev, e), NULL};
    if (isnan(m->estimate.value)) m->reason = entry_why_no_data(ev, e);
  }
}

/* Each endpoint, and its clients by region where they are in several. */
void findings_latencies(const struct evidence *ev, struct results *r) {
  const struct model *m = &ev->model;
  r->latencies = arena_new_array(ev->arena, struct latency_row, (size_t)r->endpoint_count * (1 + model_regions(m)) + 1);
  for (uint32_t e = 0; e < r->endpoint_count; e++) {
    uint32_t whole = r->latency_count++, asking = 0;
    r->latencies[whole] = (struct latency_row){r->endpoints[e], r->endpoints[e], NULL};
    for (uint32_t i = 0; i < model_regions(m); i++) {
      const char *region = model_region(m, i)->name;
      if (!whereabouts_asks(m, (int32_t)e, i)) continue;
      const char *name = arena_format(ev->arena, "%s{region=%s}", r->endpoints[e], region);
      r->latencies[whole + ++asking] = (struct latency_row){name, r->endpoints[e], region};
    }
    if (asking > 1) r->latency_count += asking;
  }
}

/* --- where the time goes ------------------------------------------------------------------------------------------------------ */

static double slow_share(const struct endpoint_observation *o, double *slow_ns, uint32_t cells, uint64_t total) {
  double wanted = 0.01 * (double)total, taken = 0;
  for (uint32_t b = SLOW_BINS; b-- > 0 && taken < wanted;) {
    const struct slow_bin *bin = slow_bin_at(o, b);
    if (!bin || !bin->count) continue;
    double part = fmin(1, (wanted - taken) / (double)bin->count); /* of the last bin only as many as are still wanted */
    for (uint32_t i = 0; i < cells; i++) slow_ns[i] += part * bin->cell_ns[i];
    taken += part * (double)bin->count;
  }
  return taken;
}

static void breakdown_of(const struct evidence *ev, struct results *r, uint32_t endpoint) {
  const struct program *p = &ev->model.programs[endpoint];
  const struct endpoint_observation *o = &ev->traffic.sum->observation.endpoints[endpoint];
  double mean_ns[PROGRAM_CELLS] = {0}, slow_ns[PROGRAM_CELLS] = {0};
  uint64_t total = 0;
  for (uint32_t b = 0; b < SLOW_BINS; b++) {
    const struct slow_bin *bin = slow_bin_at(o, b);
    total += bin ? bin->count : 0;
    for (uint32_t i = 0; bin && i < p->cell_count; i++) mean_ns[i] += bin->cell_ns[i];
  }
  if (!total) return;
  double slow = slow_share(o, slow_ns, p->cell_count, total);
  for (uint32_t i = 0; i < p->cell_count; i++) {
    if (mean_ns[i] == 0) continue;
    const char *component = p->cells[i].service >= 0 ? model_service(&ev->model, (uint32_t)p->cells[i].service)->name : "client";
    r->breakdown[r->breakdown_count++] =
        (struct breakdown){model_endpoint(&ev->model, endpoint)->name, component, time_kind_names[p->cells[i].kind],
                           sim_seconds_of(mean_ns[i] / (double)total), sim_seconds_of(slow_ns[i] / slow)};
  }
}

/* --- what is full first ------------------------------------------------------------------------------------------------------- */

static const struct entry *entry_named(const struct evidence *ev, const char *name, const char *aggregate) {
  for (uint32_t i = 0; i < ev->claims_from; i++)
    if (!strcmp(ev->entries[i].name, name) && !strcmp(ev->entries[i].aggregate, aggregate) && !ev->entries[i].label_value)
      return &ev->entries[i];
  return NULL;
}

static const struct entry *entry_of_level(const struct evidence *ev, uint32_t meter) {
  const struct measure_kind *level = measure_kind_of("mean", QUANTITY_METER_LEVEL, SUBJECT_METER);
  for (uint32_t i = 0; i < ev->claims_from; i++) {
    const struct measure *m = &ev->entries[i].measure;
    if (m->kind == level && m->index == meter) return &ev->entries[i];
  }
  return NULL;
}

/* Full below the load at which its own demand would fill it, behind something that is full: what holds it waits for that. */
static void find_blocked(struct results *r, double offered) {
  const struct saturation *first = NULL;
  for (uint32_t i = 0; i < r->saturation_count; i++) {
    struct saturation *s = &r->saturation[i];
    if (!(s->utilization.value > 0.99)) continue;
    s->blocked = first && s->saturates_at_per_s > fmax(offered, 1.1 * first->saturates_at_per_s);
    s->saturated = !s->blocked;
    if (!first && !s->grows) first = s;
  }
}

static int by_saturation(const void *a, const void *b) {
  double x = ((const struct saturation *)a)->saturates_at_per_s, y = ((const struct saturation *)b)->saturates_at_per_s;
  return (x > y) - (x < y);
}

static void saturation_rows(const struct evidence *ev, struct results *r) {
  struct resource *resources;
  uint32_t count = resources_of(&ev->model, ev->arena, &resources);
  r->saturation = arena_new_array(ev->arena, struct saturation, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    const struct resource *x = &resources[i];
    const char *name = x->subject == SUBJECT_SERVICE ? model_service(&ev->model, x->index)->name
                       : x->part                     ? model_nodes(&ev->model, x->index)->name
                                                     : NULL;
    const struct entry *e = x->part ? entry_named(ev, arena_format(ev->arena, "%s.%s", name, x->part), "utilization") : NULL;
    if (x->meter >= 0) e = entry_of_level(ev, (uint32_t)x->meter);
    struct saturation *s = &r->saturation[r->saturation_count++];
    *s = (struct saturation){.resource = x->name,
                             .utilization = e ? entry_estimate(ev, e) : (struct estimate){NAN, NAN, NAN, 0, false},
                             .saturates_at_per_s = resource_saturates_at(x),
                             .grows = x->grows,
                             .remark = x->remark};
    if (x->meter >= 0) {
      s->utilization.value /= x->capacity;
      s->utilization.low /= x->capacity;
      s->utilization.high /= x->capacity;
    }
    if (isnan(s->utilization.value)) s->reason = e ? entry_why_no_data(ev, e) : "its use is not measured";
  }
  qsort(r->saturation, r->saturation_count, sizeof *r->saturation, by_saturation);
  find_blocked(r, model_offered_rate(&ev->model));
}

/* --- errors, bill, outages ---------------------------------------------------------------------------------------------------- */

static void error_rows(const struct evidence *ev, struct results *r) {
  r->errors = arena_new_array(ev->arena, struct error_cause, (ev->model.endpoints.count + 1) * OUTCOMES);
  for (uint32_t i = 0; i < ev->claims_from; i++) {
    const struct entry *e = &ev->entries[i];
    if (!measure_row(&e->measure)->failures || e->measure.cause < 0 || e->measure.subject != SUBJECT_ENDPOINT) continue;
    if (!outcome_failed((enum outcome)e->measure.cause)) continue;
    uint64_t count = ev->traffic.sum->ended[e->measure.index * OUTCOMES + (uint32_t)e->measure.cause];
    if (count) r->errors[r->error_count++] = (struct error_cause){e->name, e->label_value, count, entry_estimate(ev, e)};
  }
}

static void meter_rows(const struct evidence *ev, struct results *r) {
  static const enum meter_row_kind kinds[] = {
      [METER_COUNT] = METER_ROW_COUNT, [METER_LEVEL] = METER_ROW_LEVEL, [METER_TIME] = METER_ROW_TIME};
  r->meters = arena_new_array(ev->arena, struct meter_row, ev->model.meter_count + 1);
  for (uint32_t i = 0; i < ev->model.meter_count; i++) {
    const struct meter_config *m = &ev->model.meters[i];
    if (m->quiet) continue;
    r->meters[r->meter_count++] = (struct meter_row){arena_format(ev->arena, "%s.%s", m->thing, m->name), kinds[m->kind], m->doc};
  }
}

/* Sorts them. */
static struct estimate mean_of(const struct durations *d) {
  if (!d->count) return (struct estimate){NAN, NAN, NAN, 0, false};
  double sum = 0;
  ascending_sort(d->s, d->count);
  for (uint64_t i = 0; i < d->count; i++) sum += d->s[i];
  if (isinf(sum)) return (struct estimate){INFINITY, INFINITY, INFINITY, d->count, false};
  struct interval i = interval_student(d->s, (uint32_t)d->count, INTERVAL_CONFIDENCE);
  return (struct estimate){sum / (double)d->count, fmax(0, i.low), i.high, d->count, false};
}

static double quantile_of(const struct durations *d, double p) {
  return d->count ? d->s[(uint64_t)fmax(0, ceil(p * (double)d->count) - 1)] : NAN;
}

/* Of the mean recovery time, what it was spent on; null: there was none, or one without end. */
static const double *phases_of(const struct evidence *ev, const struct fault_view *f) {
  double *means = arena_new_array(ev->arena, double, OUTAGE_PHASES), sum = 0;
  for (int i = 0; i < OUTAGE_PHASES; i++) means[i] = f->phase_s[i] / fmax(1, (double)f->rto.count), sum += means[i];
  return sum > 0 ? means : NULL;
}

/* How many of the phases are shown: those of migrations where there was one. */
static uint32_t phases_shown(const double *means) {
  uint32_t count = means ? OUTAGE_PHASES : 0;
  while (count > PHASE_REPAIR + 1 && !(means[count - 1] > 0)) count--;
  return count;
}

static double lost_a_year(const struct evidence *ev, uint32_t fault) {
  const struct view *v = ev->biased.half.done ? ev->biased.half.sum : ev->faults.sum;
  return v->faults[fault].lost_s / (v->seconds / sim_seconds(SIM_YEAR));
}

static struct outage_class outage_class_of(const struct evidence *ev, uint32_t fault) {
  const struct fault_view *f = &ev->faults.sum->faults[fault];
  double years = ev->faults.sum->seconds / sim_seconds(SIM_YEAR);
  struct estimate rto = mean_of(&f->rto), rpo = mean_of(&f->rpo);
  const double *phases = phases_of(ev, f);
  return (struct outage_class){.phase_count = phases_shown(phases),
                               .phase_mean_s = phases,
                               .phases = outage_phase_names,
                               .fault = model_fault_at(&ev->model, fault)->name,
                               .faults = f->faults,
                               .outages = f->rto.count,
                               .faults_per_year = (double)f->faults / years,
                               .rto_mean = rto,
                               .rto_p50 = f->rto.count ? f->rto.s[(f->rto.count - 1) / 2] : NAN,
                               .rto_p95 = quantile_of(&f->rto, INTERVAL_CONFIDENCE),
                               .rto_max = quantile_of(&f->rto, 1),
                               .downtime_per_year_s = lost_a_year(ev, fault),
                               .planned = model_fault_at(&ev->model, fault)->planned,
                               .primaries = f->rpo.count,
                               .rpo_mean = rpo,
                               .rpo_p95 = quantile_of(&f->rpo, INTERVAL_CONFIDENCE),
                               .rpo_max = quantile_of(&f->rpo, 1),
                               .reason = f->rto.count ? NULL
                                         : f->faults  ? "no outage of this fault happened"
                                                      : "it did not happen"};
}

/* An availability entry that is not among the standard ones: taken for the report. */
static struct estimate availability_estimate(const struct evidence *ev, enum subject subject, uint32_t index, double *samples) {
  const struct measure_kind *kind = measure_kind_of("availability", QUANTITY_NONE, subject);
  struct entry e = {.measure = {.kind = kind, .subject = subject, .index = index, .cause = -1, .region = -1},
                    .samples = samples,
                    .room = ev->availability_room};
  return entry_estimate(ev, &e);
}

static void availability_rows(const struct evidence *ev, struct results *r) {
  const struct model *m = &ev->model;
  struct availability_result *a = &r->availability;
  if (!ev->faults.sum || !ev->faults.sum->replications) return;
  a->present = true;
  a->years = ev->faults.sum->seconds / sim_seconds(SIM_YEAR);
  if (ev->biased.half.done) a->biased_years = ev->biased.half.sum->seconds / sim_seconds(SIM_YEAR);
  struct outage_class *classes = arena_new_array(ev->arena, struct outage_class, model_faults(m)->count + 1);
  for (uint32_t i = 0; i < model_faults(m)->count; i++) classes[i] = outage_class_of(ev, i);
  a->classes = classes;
  a->class_count = model_faults(m)->count;
  struct estimate *by_endpoint = arena_new_array(ev->arena, struct estimate, m->endpoints.count + 1);
  for (uint32_t i = 0; i < m->endpoints.count; i++)
    by_endpoint[i] = availability_estimate(ev, SUBJECT_ENDPOINT, i, ev->availability_samples[i + 1]);
  a->endpoint_availability = by_endpoint;
  a->endpoints = r->endpoints;
  a->endpoint_count = m->endpoints.count;
  a->availability = availability_estimate(ev, SUBJECT_ALL, 0, ev->availability_samples[0]);
  a->downtime_per_year_s = (1 - a->availability.value) * sim_seconds(SIM_YEAR);
  for (uint32_t i = 0; i < a->class_count; i++)
    classes[i].downtime_share = a->downtime_per_year_s > 0 ? classes[i].downtime_per_year_s / a->downtime_per_year_s : NAN;
  findings_uptime(ev, a);
}

struct component_names component_names(struct arena *arena, const struct model *m) {
  const char **names = arena_new_array(arena, const char *, m->services.count + m->platform.nodes.count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < m->services.count; i++) names[count++] = model_service(m, i)->name;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) names[count++] = model_nodes(m, i)->name;
  return (struct component_names){names, count};
}

void findings_tables(const struct evidence *ev, struct results *r) {
  r->components = component_names(ev->arena, &ev->model);
  r->breakdown = arena_new_array(ev->arena, struct breakdown, (ev->model.endpoints.count + 1) * PROGRAM_CELLS);
  for (uint32_t i = 0; i < ev->model.endpoints.count; i++)
    if (!ev->growth.endpoints[i]) breakdown_of(ev, r, i);
  saturation_rows(ev, r);
  error_rows(ev, r);
  meter_rows(ev, r);
  findings_bill(ev, r);
  availability_rows(ev, r);
}
