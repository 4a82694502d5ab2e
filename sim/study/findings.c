/* The parts of the results: metrics, where time goes, what is full first, what fails, what it costs, pictures, notes. */
#include "sim/engine/arena.h"
#include "sim/stats/interval.h"
#include "sim/study/study_inner.h"
#include "sim/study/resource.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct metric *results_metric(const struct results *r, const char *name, const char *aggregate, const char *label_value) {
  for (uint32_t i = 0; i < r->metric_count; i++) {
    const struct metric *m = &r->metrics[i];
    bool same_label = label_value ? m->label_value && !strcmp(m->label_value, label_value) : !m->label_value;
    if (same_label && !strcmp(m->name, name) && !strcmp(m->aggregate, aggregate)) return m;
  }
  return NULL;
}

void findings_metrics(const struct study *l, struct results *r) {
  r->metrics = arena_new_array(l->arena, struct metric, l->claims_from + 1);
  for (uint32_t i = 0; i < l->claims_from; i++) {
    const struct entry *e = &l->entries[i];
    r->metrics[r->metric_count++] = (struct metric){
        e->name, e->aggregate, e->label_value ? "cause" : NULL, e->label_value, measure_unit(&e->measure), entry_estimate(l, e)};
  }
}

/* --- where the time goes --------------------------------------------------------------------------------------------------------- */

static double slow_share(const struct endpoint_observation *o, double *slow_ns, uint32_t cells, uint64_t total) {
  double wanted = 0.01 * (double)total, taken = 0;
  for (uint32_t b = SLOW_BINS; b-- > 0 && taken < wanted;) {
    const struct slow_bin *bin = &o->slow[b];
    if (!bin->count) continue;
    double part = fmin(1, (wanted - taken) / (double)bin->count); /* of the last bin only as many as are still wanted */
    for (uint32_t i = 0; i < cells; i++) slow_ns[i] += part * bin->cell_ns[i];
    taken += part * (double)bin->count;
  }
  return taken;
}

static void breakdown_of(const struct study *l, struct results *r, uint32_t endpoint) {
  const struct program *p = &l->model.programs[endpoint];
  const struct endpoint_observation *o = &l->traffic.sum->observation.endpoints[endpoint];
  double mean_ns[PROGRAM_CELLS] = {0}, slow_ns[PROGRAM_CELLS] = {0};
  uint64_t total = 0;
  for (uint32_t b = 0; b < SLOW_BINS; b++) {
    total += o->slow[b].count;
    for (uint32_t i = 0; i < p->cell_count; i++) mean_ns[i] += o->slow[b].cell_ns[i];
  }
  if (!total) return;
  double slow = slow_share(o, slow_ns, p->cell_count, total);
  for (uint32_t i = 0; i < p->cell_count; i++) {
    if (mean_ns[i] == 0) continue;
    const char *component = p->cells[i].service >= 0 ? model_service(&l->model, (uint32_t)p->cells[i].service)->name : "client";
    r->breakdown[r->breakdown_count++] =
        (struct breakdown){model_endpoint(&l->model, endpoint)->name, component, time_kind_names[p->cells[i].kind],
                           mean_ns[i] / (double)total * 1e-9, slow_ns[i] / slow * 1e-9};
  }
}

/* --- what is full first ------------------------------------------------------------------------------------------------------------ */

static const struct entry *entry_named(const struct study *l, const char *name, const char *aggregate) {
  for (uint32_t i = 0; i < l->claims_from; i++)
    if (!strcmp(l->entries[i].name, name) && !strcmp(l->entries[i].aggregate, aggregate) && !l->entries[i].label_value)
      return &l->entries[i];
  return NULL;
}

static int by_saturation(const void *a, const void *b) {
  double x = ((const struct saturation *)a)->saturates_at_per_s, y = ((const struct saturation *)b)->saturates_at_per_s;
  return (x > y) - (x < y);
}

static void saturation_rows(const struct study *l, struct results *r) {
  struct resource *resources;
  uint32_t count = resources_of(&l->model, l->arena, &resources);
  r->saturation = arena_new_array(l->arena, struct saturation, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    const struct resource *x = &resources[i];
    const char *name = x->subject == SUBJECT_SERVICE ? model_service(&l->model, x->index)->name
                       : x->part                     ? model_nodes(&l->model, x->index)->name
                                                     : NULL;
    const struct entry *e = x->part ? entry_named(l, arena_format(l->arena, "%s.%s", name, x->part), "utilization") : NULL;
    struct saturation *s = &r->saturation[r->saturation_count++];
    *s = (struct saturation){x->name, e ? entry_estimate(l, e) : (struct estimate){NAN, NAN, NAN, 0, false},
                             resource_saturates_at(x), false};
    s->saturated = s->utilization.value > 0.99;
  }
  qsort(r->saturation, r->saturation_count, sizeof *r->saturation, by_saturation);
}

/* --- errors, bill, outages ------------------------------------------------------------------------------------------------------------ */

static void error_rows(const struct study *l, struct results *r) {
  r->errors = arena_new_array(l->arena, struct error_cause, (l->model.endpoints.count + 1) * OUTCOMES);
  for (uint32_t i = 0; i < l->claims_from; i++) {
    const struct entry *e = &l->entries[i];
    if (e->measure.aggregate != AGGREGATE_ERROR_RATE || e->measure.cause < 0 || e->measure.subject != SUBJECT_ENDPOINT) continue;
    if (!outcome_failed((enum outcome)e->measure.cause)) continue;
    uint64_t count = l->traffic.sum->ended[e->measure.index * OUTCOMES + (uint32_t)e->measure.cause];
    if (count) r->errors[r->error_count++] = (struct error_cause){e->name, e->label_value, count, entry_estimate(l, e)};
  }
}

static void meter_rows(const struct study *l, struct results *r) {
  static const enum meter_row_kind kinds[] = {
      [METER_COUNT] = METER_ROW_COUNT, [METER_LEVEL] = METER_ROW_LEVEL, [METER_TIME] = METER_ROW_TIME};
  r->meters = arena_new_array(l->arena, struct meter_row, l->model.meter_count + 1);
  for (uint32_t i = 0; i < l->model.meter_count; i++) {
    const struct meter_config *m = &l->model.meters[i];
    r->meters[r->meter_count++] = (struct meter_row){arena_format(l->arena, "%s.%s", m->thing, m->name), kinds[m->kind], m->doc};
  }
}

static const char *currency_of(const struct model *m) {
  const struct price_item *items = m->bill.prices.items.items;
  return m->bill.prices.items.count && items[0].price.currency[0] ? items[0].price.currency : "USD";
}

static void bill_rows(const struct study *l, struct results *r) {
  struct bill_row *rows;
  uint32_t count = bill_compute(&l->model, measure_sent(&l->model, l->traffic.sum), l->arena, &rows);
  struct bill_line *lines = arena_new_array(l->arena, struct bill_line, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    const char *source = rows[i].from ? arena_format(l->arena, "%s, %s", rows[i].from->source, rows[i].from->date) : NULL;
    lines[i] = (struct bill_line){rows[i].item,       rows[i].price,   source,      rows[i].quantity,
                                  rows[i].unit_price, rows[i].monthly, rows[i].unit};
    r->bill.monthly += rows[i].monthly;
  }
  r->bill.lines = lines, r->bill.count = count, r->bill.currency = currency_of(&l->model);
  if (!count) r->bill.monthly = NAN;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Sorts them. */
static struct estimate mean_of(const struct durations *d) {
  if (!d->count) return (struct estimate){NAN, NAN, NAN, 0, false};
  double sum = 0;
  qsort(d->s, d->count, sizeof *d->s, by_value);
  for (uint64_t i = 0; i < d->count; i++) sum += d->s[i];
  struct interval i = interval_student(d->s, (uint32_t)d->count, 0.95);
  return (struct estimate){sum / (double)d->count, fmax(0, i.low), i.high, d->count, false};
}

static double quantile_of(const struct durations *d, double p) {
  return d->count ? d->s[(uint64_t)fmax(0, ceil(p * (double)d->count) - 1)] : NAN;
}

static struct outage_class outage_class_of(const struct study *l, uint32_t fault) {
  const struct fault_view *f = &l->faults.sum->faults[fault];
  double years = l->faults.sum->seconds / sim_seconds(SIM_YEAR);
  struct estimate rto = mean_of(&f->rto), rpo = mean_of(&f->rpo);
  return (struct outage_class){.fault = model_fault_at(&l->model, fault)->name,
                               .faults = f->faults,
                               .outages = f->rto.count,
                               .faults_per_year = (double)f->faults / years,
                               .rto_mean = rto,
                               .rto_p50 = f->rto.count ? f->rto.s[(f->rto.count - 1) / 2] : NAN,
                               .rto_p95 = quantile_of(&f->rto, 0.95),
                               .rto_max = quantile_of(&f->rto, 1),
                               .downtime_per_year_s = f->lost_s / years,
                               .primaries = f->rpo.count,
                               .rpo_mean = rpo,
                               .rpo_p95 = quantile_of(&f->rpo, 0.95),
                               .rpo_max = quantile_of(&f->rpo, 1)};
}

/* An availability entry that is not among the standard ones: taken for the report. */
static struct estimate availability_estimate(const struct study *l, enum subject subject, uint32_t index, double *samples) {
  struct entry e = {.measure = {.aggregate = AGGREGATE_AVAILABILITY,
                                .subject = subject,
                                .index = index,
                                .quantity = QUANTITY_NONE,
                                .cause = -1,
                                .over_faults = true},
                    .samples = samples};
  return entry_estimate(l, &e);
}

static void availability_rows(const struct study *l, struct results *r) {
  const struct model *m = &l->model;
  struct availability_result *a = &r->availability;
  if (!l->faults.sum || !l->faults.sum->replications) return;
  a->present = true, a->years = l->faults.sum->seconds / sim_seconds(SIM_YEAR);
  struct outage_class *classes = arena_new_array(l->arena, struct outage_class, m->faults.count + 1);
  for (uint32_t i = 0; i < m->faults.count; i++) classes[i] = outage_class_of(l, i);
  a->classes = classes, a->class_count = m->faults.count;
  struct estimate *by_endpoint = arena_new_array(l->arena, struct estimate, m->endpoints.count + 1);
  for (uint32_t i = 0; i < m->endpoints.count; i++)
    by_endpoint[i] = availability_estimate(l, SUBJECT_ENDPOINT, i, l->availability_samples[i + 1]);
  a->endpoint_availability = by_endpoint, a->endpoints = r->endpoints, a->endpoint_count = m->endpoints.count;
  a->availability = availability_estimate(l, SUBJECT_ALL, 0, l->availability_samples[0]);
  a->downtime_per_year_s = (1 - a->availability.value) * sim_seconds(SIM_YEAR);
}

void findings_tables(const struct study *l, struct results *r) {
  r->breakdown = arena_new_array(l->arena, struct breakdown, (l->model.endpoints.count + 1) * PROGRAM_CELLS);
  for (uint32_t i = 0; i < l->model.endpoints.count && !l->unstable; i++) breakdown_of(l, r, i);
  saturation_rows(l, r);
  error_rows(l, r);
  meter_rows(l, r);
  bill_rows(l, r);
  availability_rows(l, r);
}

/* --- pictures -------------------------------------------------------------------------------------------------------------------------- */

static void curve_of(const struct study *l, struct results *r, uint32_t row, const char *name) {
  const struct histogram *h = &l->traffic.sum->latency[row];
  enum { POINTS = 200 };
  double *share = arena_new_array(l->arena, double, POINTS), *latency = arena_new_array(l->arena, double, POINTS);
  uint32_t count = 0;
  double rest = 0.94406087628592339; /* evenly spaced in nines: 1 - 10^(-(count + 1) / 40) */
  for (; count < POINTS; count++, rest *= 0.94406087628592339) {
    if (!h->count || rest * (double)h->count < 10) break;
    share[count] = 1 - rest, latency[count] = histogram_quantile(h, 1 - rest) * 1e-9;
  }
  r->curves[r->curve_count++] = (struct latency_curve){name, count, share, latency};
}

static void add_series(const struct study *l, struct results *r, const char *metric, const char *label, enum unit unit,
                       const double *t_s, double *mean, const struct tally *spread) {
  uint32_t count = l->traffic.sum->observation.window_count;
  double *low = arena_new_array(l->arena, double, count), *high = arena_new_array(l->arena, double, count);
  for (uint32_t i = 0; i < count; i++) {
    struct interval x = {NAN, NAN};
    if (spread) x = interval_student_moments(spread[i].count, mean[i], tally_variance(&spread[i]), 0.95);
    low[i] = x.low < 0 ? 0 : x.low, high[i] = x.high;
  }
  r->series[r->series_count++] = (struct result_series){metric, label, unit, count, t_s, mean, low, high};
}

static void series_of(const struct study *l, struct results *r, uint32_t endpoint, const double *t_s) {
  const struct observation *o = &l->traffic.sum->observation;
  const char *name = model_endpoint(&l->model, endpoint)->name;
  double seconds = sim_seconds(o->window_length) * l->traffic.done;
  double *columns[TIMELINE_COLUMNS];
  for (int i = 0; i < TIMELINE_COLUMNS; i++) columns[i] = arena_new_array(l->arena, double, o->window_count);
  for (uint32_t i = 0; i < o->window_count; i++) {
    const struct endpoint_window *w = &o->endpoints[endpoint].windows[i];
    double failed = 0;
    for (int k = OUTCOME_TIMEOUT; k < OUTCOMES; k++) failed += outcome_failed((enum outcome)k) ? (double)w->ended[k] : 0;
    columns[TIMELINE_ARRIVALS][i] = (double)w->arrived / seconds;
    columns[TIMELINE_COMPLETED][i] = (double)w->ended[OUTCOME_COMPLETED] / seconds;
    columns[TIMELINE_ERRORS][i] = failed / seconds;
    columns[TIMELINE_P50][i] = w->latency.count ? histogram_quantile(&w->latency, 0.5) * 1e-9 : NAN;
    columns[TIMELINE_P99][i] = w->latency.count >= 100 ? histogram_quantile(&w->latency, 0.99) * 1e-9 : NAN;
  }
  static const char *const names[] = {"arrivals", "completed", "errors", "latency.p50", "latency.p99"};
  for (int i = 0; i < TIMELINE_COLUMNS; i++)
    add_series(l, r, names[i], name, i < TIMELINE_P50 ? UNIT_PER_SECOND : UNIT_SECONDS, t_s, columns[i],
               l->timeline + ((size_t)endpoint * TIMELINE_COLUMNS + (uint32_t)i) * o->window_count);
}

/* Replicas in rotation, of services that are scaled. */
static void replicas_of(const struct study *l, struct results *r, uint32_t service, const double *t_s) {
  const struct series *s = &l->traffic.sum->observation.services[service].replicas;
  if (!model_service(&l->model, service)->autoscale.max) return;
  double *mean = arena_new_array(l->arena, double, l->traffic.sum->observation.window_count);
  for (uint32_t i = 0; i < s->windows; i++) mean[i] = series_level_mean(s, i) / l->traffic.sum->replications;
  add_series(l, r, "replicas", model_service(&l->model, service)->name, UNIT_COUNT, t_s, mean, NULL);
}

static void course_of(const struct study *l, struct results *r, uint32_t meter, const double *t_s) {
  const struct meter_config *config = &l->model.meters[meter];
  const struct series *s = &l->traffic.sum->observation.meters[meter].course;
  double *mean = arena_new_array(l->arena, double, l->traffic.sum->observation.window_count), n = l->traffic.sum->replications;
  for (uint32_t i = 0; i < s->windows; i++)
    mean[i] = config->kind == METER_COUNT   ? series_per_second(s, i) / n
              : config->kind == METER_LEVEL ? series_level_mean(s, i) / n
                                            : series_mean(s, i);
  static const enum unit units[] = {[METER_COUNT] = UNIT_PER_SECOND, [METER_LEVEL] = UNIT_NONE, [METER_TIME] = UNIT_SECONDS};
  add_series(l, r, config->name, config->thing, units[config->kind], t_s, mean, NULL);
}

/* What the sources ask for, whatever the answers are; closed users ask for nothing by themselves. */
static void offered_of(const struct study *l, struct results *r, const double *t_s) {
  const struct observation *o = &l->traffic.sum->observation;
  if (model_offered_rate(&l->model) <= 0) return;
  double *mean = arena_new_array(l->arena, double, o->window_count);
  for (uint32_t i = 0; i < o->window_count; i++) {
    sim_time from = o->measured_from + o->window_length * i;
    mean[i] = model_offered(&l->model, from, from + o->window_length) / sim_seconds(o->window_length);
  }
  add_series(l, r, "offered", NULL, UNIT_PER_SECOND, t_s, mean, NULL);
}

void findings_pictures(const struct study *l, struct results *r) {
  const struct observation *o = &l->traffic.sum->observation;
  uint32_t endpoints = l->model.endpoints.count;
  r->curves = arena_new_array(l->arena, struct latency_curve, endpoints + 1);
  r->series = arena_new_array(l->arena, struct result_series, 5 * endpoints + 2 + l->model.services.count + l->model.meter_count);
  double *t_s = arena_new_array(l->arena, double, o->window_count), *inside = arena_new_array(l->arena, double, o->window_count);
  for (uint32_t i = 0; i < o->window_count; i++) {
    t_s[i] = sim_seconds(o->window_length) * i;
    inside[i] = series_level_mean(&o->inside_over_time, i) / l->traffic.sum->replications;
  }
  for (uint32_t i = 0; i < endpoints; i++) {
    curve_of(l, r, i, model_endpoint(&l->model, i)->name);
    series_of(l, r, i, t_s);
  }
  if (endpoints > 1) curve_of(l, r, endpoints, "all");
  offered_of(l, r, t_s);
  add_series(l, r, "inside", NULL, UNIT_NONE, t_s, inside, NULL);
  for (uint32_t i = 0; i < l->model.services.count; i++) replicas_of(l, r, i, t_s);
  for (uint32_t i = 0; i < l->model.meter_count; i++) course_of(l, r, i, t_s);
}

/* --- notes -------------------------------------------------------------------------------------------------------------------------------- */

/* Requests of open sources in a quarter of the measured time, expected. */
static double offered_in_quarter(const struct model *m, int quarter) {
  sim_time from = m->run.warmup + m->run.window / 4 * quarter;
  return model_offered(m, from, from + m->run.window / 4);
}

static double inside_in_quarter(const struct observation *o, int quarter) {
  double sum = 0;
  for (uint32_t i = o->window_count * (uint32_t)quarter / 4; i < o->window_count * (uint32_t)(quarter + 1) / 4; i++)
    sum += o->inside_over_time.sums[i];
  return sum;
}

/* A client who tries again without end waits for ever too, however short each attempt. */
static bool for_ever(const struct source_config *s) {
  return !s->impatience.kind && (s->timeout == SIM_NEVER || retry_unbounded(&s->retry));
}

/* Some open source waits for ever, more than one in a hundred of the requests were inside in the last quarter, their
 * number grew by a fifth over the second half, and not because the load did: no mean would ever settle. What is full is a
 * matter of the saturation table; a pool or a queue behind it counts all the same. */
bool findings_unstable(const struct study *l) {
  const struct view *v = l->traffic.sum;
  const struct model *m = &l->model;
  bool waits = false;
  for (uint32_t i = 0; i < m->sources.count; i++)
    waits |= model_source(m, i)->kind != SOURCE_CLOSED && for_ever(model_source(m, i));
  if (v->overflowed) return true;
  if (!waits || v->observation.window_count < 4) return false;
  double backlog = inside_in_quarter(&v->observation, 3) * 1e-9 / (0.25 * v->seconds / (double)v->replications);
  if (backlog < 0.01 * (double)v->arrived[v->endpoint_count]) return false;
  struct measure first = {.aggregate = AGGREGATE_SATURATION, .subject = SUBJECT_ALL, .quantity = QUANTITY_NONE};
  bool overloaded = model_offered_rate(m) >= measure_value(&first, m, v);
  bool load_grew = offered_in_quarter(m, 3) > 1.05 * offered_in_quarter(m, 1);
  return inside_in_quarter(&v->observation, 3) > 1.2 * inside_in_quarter(&v->observation, 1) && (overloaded || !load_grew);
}

static void note(const struct study *l, struct results *r, const char *text) {
  const char **all = arena_new_array(l->arena, const char *, r->note_count + 1);
  for (uint32_t i = 0; i < r->note_count; i++) all[i] = r->notes[i];
  all[r->note_count++] = text;
  r->notes = all;
}

/* The highest mean rate of any window, and of the whole, both as offered. */
static double offered_at_peak(const struct study *l) {
  const struct observation *o = &l->traffic.sum->observation;
  double most = 0;
  for (uint32_t i = 0; i < o->window_count; i++) {
    sim_time from = o->measured_from + i * o->window_length;
    most = fmax(most, model_offered(&l->model, from, from + o->window_length) / sim_seconds(o->window_length));
  }
  return most;
}

static void note_saturated(const struct study *l, struct results *r) {
  double offered = model_offered_rate(&l->model), peak = offered_at_peak(l);
  for (uint32_t i = 0; i < r->saturation_count; i++) {
    const struct saturation *s = &r->saturation[i];
    if (s->saturated || offered > s->saturates_at_per_s)
      note(l, r,
           arena_format(l->arena, "saturated: %s is full at %.4g requests/s, the mean load offered is %.4g/s", s->resource,
                        s->saturates_at_per_s, offered));
    else if (peak > s->saturates_at_per_s)
      note(l, r,
           arena_format(l->arena, "saturated at the peak: %s is full at %.4g requests/s, the busiest part of the run offers %.4g/s",
                        s->resource, s->saturates_at_per_s, peak));
  }
}

/* Intervals cover as often as they say once they are narrow: half-widths up to about 7% (METHOD; tests of coverage). */
static void note_wide(const struct study *l, struct results *r) {
  char list[300] = "";
  for (uint32_t i = 0; i < r->metric_count; i++) {
    const struct metric *m = &r->metrics[i];
    double half = 0.5 * (m->estimate.high - m->estimate.low);
    if (l->entries[i].measure.quantity != QUANTITY_LATENCY || l->entries[i].measure.subject != SUBJECT_ENDPOINT ||
        !(half > 0.07 * m->estimate.value))
      continue;
    size_t used = strlen(list);
    if (used < sizeof list - 60) snprintf(list + used, sizeof list - used, "%s%s of %s", used ? ", " : "", m->aggregate, m->name);
  }
  if (*list)
    note(l, r,
         arena_format(l->arena,
                      "wide: the intervals of %s are over 7%% of their value each way and cover less often than 95%%; use --reps "
                      "or a longer run.window",
                      list));
}

static void note_too_short(const struct study *l, struct results *r) {
  for (uint32_t e = 0; e < l->model.endpoints.count; e++) {
    uint64_t n = l->traffic.sum->latency[e].count;
    if (l->unstable || n >= 100000) continue;
    if (!n) { /* more replications of nothing are nothing */
      note(l, r, arena_format(l->arena, "%s: no request was answered", model_endpoint(&l->model, e)->name));
      continue;
    }
    const char *first = n < 200 ? "p50" : n < 1000 ? "p90" : n < 2000 ? "p95" : n < 10000 ? "p99" : "p99.9";
    note(l, r,
         arena_format(l->arena,
                      "too short: %s has %llu answered requests, not enough for its %s (a percentile p needs 100/(1-p)); use "
                      "--reps or a longer run.window",
                      model_endpoint(&l->model, e)->name, (unsigned long long)n, first));
  }
}

static void note_warmup(const struct study *l, struct results *r) {
  if (l->warmup == WARMUP_IS_MISSING && !l->unstable)
    note(l, r,
         arena_format(l->arena,
                      "too short: no end of the warm-up was seen within %.3g s from an empty system; give run.warmup, or a longer "
                      "run.window",
                      sim_seconds(l->looked_at)));
}

static void note_batches(const struct study *l, struct results *r) {
  if (l->correlated)
    note(l, r,
         "correlated: the batches of the long run still follow each other; intervals are too narrow; use a larger run.budget");
}

void findings_notes(struct study *l, struct results *r) {
  if (l->traffic.sum->overflowed)
    note(
        l, r,
        arena_format(l->arena,
                     "stopped: more than %d requests were inside at once, or %d clients about; figures of the traffic are left out",
                     REQUESTS_MOST, CLIENTS_MOST));
  if (l->unstable && !l->traffic.sum->overflowed)
    note(l, r,
         "unstable: more requests arrive than the system can ever serve, and nothing bounds the queue; it grows for as long as the "
         "run lasts, so there is no mean latency to report");
  note_saturated(l, r);
  note_too_short(l, r);
  note_wide(l, r);
  note_warmup(l, r);
  note_batches(l, r);
  if (l->traffic.done < 2) note(l, r, "one replication: no interval can be given");
  if (r->interrupted) note(l, r, "interrupted: these are the results of the replications that were finished");
}
