/* What pictures are drawn from: latency curves, and courses over the measured time. */
#include "sim/engine/arena.h"
#include "models/traffic/offered.h"
#include "sim/stats/interval.h"
#include "sim/measure/findings.h"
#include <math.h>
#include <string.h>

static void curve_of(const struct evidence *ev, struct results *r, uint32_t row, const char *name) {
  const struct histogram *h = &ev->traffic.sum->latency[row];
  enum { POINTS = 200 };
  double *share = arena_new_array(ev->arena, double, POINTS), *latency = arena_new_array(ev->arena, double, POINTS);
  uint32_t count = 0;
  double rest = 0.94406087628592339; /* evenly spaced in nines: 1 - 10^(-(count + 1) / 40) */
  for (; count < POINTS; count++, rest *= 0.94406087628592339) {
    if (!h->count || rest * (double)h->count < 10) break;
    share[count] = 1 - rest;
    latency[count] = sim_seconds_of(histogram_quantile(h, 1 - rest));
  }
  r->curves[r->curve_count++] = (struct latency_curve){name, count, share, latency};
}

static void add_series(const struct evidence *ev, struct results *r, const char *metric, const char *label, enum unit unit,
                       const double *t_s, double *mean, const struct tally *spread) {
  uint32_t count = ev->traffic.sum->observation.window_count;
  double *low = arena_new_array(ev->arena, double, count), *high = arena_new_array(ev->arena, double, count);
  for (uint32_t i = 0; i < count; i++) {
    struct interval x = {NAN, NAN};
    if (spread) x = interval_student_moments(spread[i].count, mean[i], tally_variance(&spread[i]), INTERVAL_CONFIDENCE);
    low[i] = x.low < 0 ? 0 : x.low;
    high[i] = x.high;
  }
  r->series[r->series_count++] = (struct result_series){metric, label, unit, count, t_s, mean, low, high, NULL};
}

/* row: of the observation. Of clients by region there is no spread. */
static void series_of(const struct evidence *ev, struct results *r, uint32_t row, const char *name, const double *t_s) {
  const struct observation *o = &ev->traffic.sum->observation;
  double seconds = sim_seconds(o->window_length) * ev->traffic.done;
  double *columns[TIMELINE_COLUMNS];
  for (int i = 0; i < TIMELINE_COLUMNS; i++) columns[i] = arena_new_array(ev->arena, double, o->window_count);
  for (uint32_t i = 0; i < o->window_count; i++) {
    const struct endpoint_window *w = &o->endpoints[row].windows[i];
    double failed = 0;
    for (int k = OUTCOME_TIMEOUT; k < OUTCOMES; k++) failed += outcome_failed((enum outcome)k) ? (double)w->ended[k] : 0;
    columns[TIMELINE_ARRIVALS][i] = (double)w->arrived / seconds;
    columns[TIMELINE_COMPLETED][i] = (double)w->ended[OUTCOME_COMPLETED] / seconds;
    columns[TIMELINE_ERRORS][i] = failed / seconds;
    columns[TIMELINE_SENT][i] = (double)(w->arrived + w->repeated) / seconds;
    columns[TIMELINE_TIMEOUTS][i] = (double)(w->ended[OUTCOME_TIMEOUT] + w->timed_out) / seconds;
    columns[TIMELINE_P50][i] = w->latency.count ? sim_seconds_of(histogram_quantile(&w->latency, 0.5)) : NAN;
    columns[TIMELINE_P99][i] = w->latency.count >= 100 ? sim_seconds_of(histogram_quantile(&w->latency, 0.99)) : NAN;
  }
  static const char *const names[] = {"arrivals", "completed", "errors", "attempts_sent", "timeouts", "latency.p50", "latency.p99"};
  for (int i = 0; i < TIMELINE_COLUMNS; i++)
    add_series(ev, r, names[i], name, i < TIMELINE_P50 ? UNIT_PER_SECOND : UNIT_SECONDS, t_s, columns[i],
               row < o->endpoint_count ? ev->timeline + ((size_t)row * TIMELINE_COLUMNS + (uint32_t)i) * o->window_count : NULL);
}

/* Of clients in a region. */
static uint32_t row_of(const struct evidence *ev, const struct latency_row *l) {
  const struct observation *o = &ev->traffic.sum->observation;
  uint32_t endpoint = 0;
  while (strcmp(model_endpoint(&ev->model, endpoint)->name, l->endpoint)) endpoint++;
  return observation_row(o, endpoint, regions_named(&ev->model.platform.regions, l->region, strlen(l->region)));
}

/* Replicas in rotation, of services that are scaled. */
static void replicas_of(const struct evidence *ev, struct results *r, uint32_t service, const double *t_s) {
  const struct series *s = &ev->traffic.sum->observation.services[service].replicas;
  if (!model_service(&ev->model, service)->autoscale.max) return;
  double *mean = arena_new_array(ev->arena, double, ev->traffic.sum->observation.window_count);
  for (uint32_t i = 0; i < s->windows; i++) mean[i] = series_level_mean(s, i) / ev->traffic.sum->replications;
  add_series(ev, r, "replicas", model_service(&ev->model, service)->name, UNIT_COUNT, t_s, mean, NULL);
}

static void course_of(const struct evidence *ev, struct results *r, uint32_t meter, const double *t_s) {
  const struct meter_config *config = &ev->model.meters[meter];
  const struct series *s = &ev->traffic.sum->observation.meters[meter].course;
  double *mean = arena_new_array(ev->arena, double, ev->traffic.sum->observation.window_count), n = ev->traffic.sum->replications;
  for (uint32_t i = 0; i < s->windows; i++)
    mean[i] = config->kind == METER_COUNT   ? series_per_second(s, i) / n
              : config->kind == METER_LEVEL ? series_level_mean(s, i) / n
                                            : series_mean(s, i);
  static const enum unit units[] = {[METER_COUNT] = UNIT_PER_SECOND, [METER_LEVEL] = UNIT_NONE, [METER_TIME] = UNIT_SECONDS};
  add_series(ev, r, config->name, config->thing, units[config->kind], t_s, mean, NULL);
}

/* What the sources ask for, whatever the answers are; closed users ask for nothing by themselves. */
static void offered_of(const struct evidence *ev, struct results *r, const double *t_s) {
  const struct observation *o = &ev->traffic.sum->observation;
  if (model_offered_rate(&ev->model) <= 0) return;
  double *mean = arena_new_array(ev->arena, double, o->window_count);
  for (uint32_t i = 0; i < o->window_count; i++) {
    sim_time from = o->measured_from + o->window_length * i;
    mean[i] = model_offered(&ev->model, from, from + o->window_length) / sim_seconds(o->window_length);
  }
  add_series(ev, r, "offered", NULL, UNIT_PER_SECOND, t_s, mean, NULL);
}

/* Why some parts have no value. */
static void say_why_missing(struct result_series *s) {
  for (uint32_t i = 0; i < s->count && !s->reason; i++)
    if (isnan(s->mean[i]))
      s->reason = !strcmp(s->metric, "latency.p99") ? "a part without a value has fewer than 100 answers in each replication"
                                                    : "a part without a value has seen nothing of it";
}

void findings_pictures(const struct evidence *ev, struct results *r) {
  const struct observation *o = &ev->traffic.sum->observation;
  uint32_t endpoints = ev->model.endpoints.count;
  r->curves = arena_new_array(ev->arena, struct latency_curve, endpoints + 1);
  r->series = arena_new_array(ev->arena, struct result_series,
                              TIMELINE_COLUMNS * r->latency_count + 2 + ev->model.services.count + ev->model.meter_count);
  double *t_s = arena_new_array(ev->arena, double, o->window_count), *inside = arena_new_array(ev->arena, double, o->window_count);
  for (uint32_t i = 0; i < o->window_count; i++) {
    t_s[i] = sim_seconds(o->window_length) * i;
    inside[i] = series_level_mean(&o->inside_over_time, i) / ev->traffic.sum->replications;
  }
  for (uint32_t i = 0; i < endpoints; i++) {
    curve_of(ev, r, i, model_endpoint(&ev->model, i)->name);
    series_of(ev, r, i, model_endpoint(&ev->model, i)->name, t_s);
  }
  for (uint32_t i = 0; i < r->latency_count; i++)
    if (r->latencies[i].region) series_of(ev, r, row_of(ev, &r->latencies[i]), r->latencies[i].name, t_s);
  if (endpoints > 1) curve_of(ev, r, endpoints, "all");
  offered_of(ev, r, t_s);
  add_series(ev, r, "inside", NULL, UNIT_NONE, t_s, inside, NULL);
  for (uint32_t i = 0; i < ev->model.services.count; i++) replicas_of(ev, r, i, t_s);
  for (uint32_t i = 0; i < ev->model.meter_count; i++) course_of(ev, r, i, t_s);
  for (uint32_t i = 0; i < r->series_count; i++) say_why_missing(&r->series[i]);
}
