/* Laws from the times of single requests. Where few are inside at a time they hardly wait, and the time of an answer is its demand
 * and little else: its law is that of the step that takes most of it. The mean comes from the utilization law where CPU was
 * measured. */
#include "sim/calibration/calibration_inner.h"
#include "sim/stats/law_fit.h"
#include "sim/stats/cdf.h"
#include <stdlib.h>
#include <string.h>

enum { ENOUGH = 200, BATCHES = 20, TIMES_MOST = 200000 };
static const double FEW_INSIDE = 0.2, MOST_OF_IT = 0.7, REJECTED = 0.05, NEAR_LAW = 0.02, NEAR_TAIL = 0.10, DRIFT = 0.08;

struct times {
  struct calibration *c;
  const char *endpoint;
  double *sample;
  uint32_t count, all; /* all: of the log, of this endpoint */
  double mean, inside; /* inside: at a time, of all endpoints */
  const struct demand_place *place;
  double others_s; /* demands of the endpoint's other steps */
};

/* Times on a grid are spread over its cells, so that a law is not refused for the clock. */
static double spread_out(const struct measured_log *log, uint32_t i) {
  struct stream s = stream_at(0x7370726561646f75, i);
  double x = (double)log->took_s[i];
  return fmax(x + (stream_uniform(&s) - (x > 0 ? 0.5 : 0)) * log->resolution_s, 1e-9);
}

static bool is_of(const struct times *t, const bool *names, uint32_t i) {
  const struct measured_log *log = &t->c->measured->log;
  return !log->failed[i] && log->took_s[i] >= 0 && names[log->name[i]];
}

static void collect(struct times *t) {
  const struct measured_log *log = &t->c->measured->log;
  bool *names = arena_new_array(t->c->arena, bool, log->name_count + 1);
  for (uint32_t i = 0; i < log->name_count; i++) {
    const char *of = measured_endpoint(t->c, log->names[i]);
    names[i] = of && !strcmp(of, t->endpoint);
  }
  double sum = 0, inside = 0, span = log->at_s[log->count - 1] - log->at_s[0];
  for (uint32_t i = 0; i < log->count; i++) {
    inside += fmax(0, (double)log->took_s[i]);
    if (is_of(t, names, i)) sum += (double)log->took_s[i], t->all++;
  }
  t->mean = t->all ? sum / t->all : NAN, t->inside = span > 0 ? inside / span : INFINITY;
  uint32_t step = 1 + t->all / TIMES_MOST, k = 0;
  t->sample = arena_new_array(t->c->arena, double, t->all / step + 2);
  for (uint32_t i = 0; i < log->count; i++)
    if (is_of(t, names, i) && k++ % step == 0) t->sample[t->count++] = spread_out(log, i);
}

/* --- which step --------------------------------------------------------------------------------------------------------------- */

static struct calibrated_value *value_at(const struct calibration *c, const char *path) {
  for (uint32_t i = 0; i < c->results->value_count; i++)
    if (!strcmp(c->results->values[i].path, path)) return &c->results->values[i];
  return NULL;
}

static double takes(const struct calibration *c, const struct demand_place *p) {
  const struct calibrated_value *v = value_at(c, p->path);
  return p->visits * (v ? v->estimate.value : p->mean_s);
}

static void find_place(struct times *t) {
  double sum = 0, most = 0;
  for (uint32_t i = 0; i < t->c->place_count; i++) {
    const struct demand_place *p = &t->c->places[i];
    if (strcmp(p->endpoint, t->endpoint) || !(takes(t->c, p) > 0)) continue;
    sum += takes(t->c, p);
    if (takes(t->c, p) > most) most = takes(t->c, p), t->place = p;
  }
  if (t->place && (most < MOST_OF_IT * sum || t->place->visits != 1)) t->place = NULL;
  t->others_s = t->place ? sum - most : 0;
}

static double cores_of(const struct times *t) {
  const char *group = place_group(t->c, t->place->service);
  return group_number(t->c, group, "cpu", 1) * group_number(t->c, group, "count", 1);
}

/* Why the times say nothing of the law of a step; null: they do. */
static const char *why_not(const struct times *t) {
  struct arena *arena = t->c->arena;
  if (t->count < ENOUGH) return arena_format(arena, "only %u times: a law takes at least %d", t->count, ENOUGH);
  if (!t->place) return "no step takes most of the time, so that the law of the sum is of none";
  if (t->inside > FEW_INSIDE * cores_of(t))
    return arena_format(arena,
                        "%.2g requests were inside at a time on average, so that the times hold waits: take the log of a load at "
                        "which at most %.2g are",
                        t->inside, FEW_INSIDE * cores_of(t));
  if (t->mean < 4 * t->c->measured->log.resolution_s)
    return arena_format(arena, "the log counts in steps of %s, and an answer takes %s: log more digits",
                        law_seconds(arena, t->c->measured->log.resolution_s), law_seconds(arena, t->mean));
  if (value_at(t->c, t->place->path) && takes(t->c, t->place) < 0.6 * t->mean)
    return arena_format(arena, "an answer takes %s, of which the CPU of this step is %s: the rest is something else",
                        law_seconds(arena, t->mean), law_seconds(arena, takes(t->c, t->place)));
  return NULL;
}

/* --- the law as JSON ---------------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Means of slices of the sorted sample, thinner in the tail, scaled to the mean. */
static const char *empirical(const struct times *t, double mean) {
  static const double ends[] = {0.9, 0.99, 0.999, 1}, widths[] = {0.03, 0.01, 0.003, 0.001};
  struct arena *arena = t->c->arena;
  double *sorted = arena_new_array(arena, double, t->count), sum = 0;
  memcpy(sorted, t->sample, sizeof *sorted * t->count);
  qsort(sorted, t->count, sizeof *sorted, ascending);
  for (uint32_t i = 0; i < t->count; i++) sum += sorted[i];
  const char *values = "", *weights = "";
  uint32_t from = 0;
  while (from < t->count) {
    int k = 0;
    while (k < 3 && (double)from / t->count >= ends[k] - 1e-9) k++;
    uint32_t to = from + (uint32_t)fmax(5, widths[k] * t->count);
    if (to + 5 > t->count) to = t->count;
    double part = 0;
    for (uint32_t i = from; i < to; i++) part += sorted[i];
    const char *value = law_seconds(arena, part / (to - from) * mean / (sum / t->count));
    values = arena_format(arena, "%s%s%s", values, *values ? ", " : "", value);
    weights = arena_format(arena, "%s%s%u", weights, *weights ? ", " : "", to - from), from = to;
  }
  return arena_format(arena, "{\"discrete\": {\"values\": [%s], \"weights\": [%s]}}", values, weights);
}

static const char *law_json(const struct times *t, const struct law_fit *f, double mean) {
  struct arena *arena = t->c->arena;
  const char *text = law_seconds(arena, mean);
  if (!f) return empirical(t, mean);
  if (f->law == LAW_EXPONENTIAL) return arena_format(arena, "{\"exponential\": %s}", text);
  if (f->law == LAW_WEIBULL) return arena_format(arena, "{\"weibull\": {\"mean\": %s, \"shape\": %.4g}}", text, f->a);
  return arena_format(arena, "{\"%s\": {\"mean\": %s, \"cv\": %.4g}}", law_names[f->law], text, f->cv);
}

/* --- the mean ----------------------------------------------------------------------------------------------------------------- */

/* Half of the interval of the mean: from stretches of the log, and what the machine may drift until another day. */
static double half_of(const struct times *t) {
  double means[BATCHES] = {0}, mean = 0, squares = 0;
  uint32_t size = t->count / BATCHES;
  for (int b = 0; b < BATCHES; b++) {
    for (uint32_t i = 0; i < size; i++) means[b] += t->sample[(uint32_t)b * size + i] / size;
    mean += means[b] / BATCHES;
  }
  for (int b = 0; b < BATCHES; b++) squares += pow(means[b] - mean, 2);
  double chance = cdf_student_quantile(0.975, BATCHES - 1) * sqrt(squares / (BATCHES - 1) / BATCHES * (double)t->count / t->all);
  return hypot(chance, DRIFT * t->mean);
}

static void put(struct times *t, const struct law_fit *f) {
  struct calibration *c = t->c;
  struct calibrated_value *known = value_at(c, t->place->path), v;
  const char *slash = strrchr(c->measured->log.at.source->name, '/'), *file = slash ? slash + 1 : c->measured->log.at.source->name;
  const char *law = f ? law_names[f->law] : "as it is (no law fits)";
  if (known) {
    v = *known;
    v.source = arena_format(c->arena, "%s; its law from %u times of %s: %s", known->source, t->all, file, law);
  } else {
    double mean = t->mean - t->others_s, half = half_of(t);
    v = (struct calibrated_value){.path = t->place->path, .was = law_scaled(c->arena, t->place->law, 1), .unit = UNIT_SECONDS};
    v.estimate = (struct estimate){mean, fmax(0, mean - half), mean + half, t->all, false};
    v.source = arena_format(c->arena, "measured: %u times of %s with %.2g requests inside at a time; law: %s", t->all, file,
                            t->inside, law);
    if (t->others_s > 0)
      calibration_note(c, arena_format(c->arena,
                                       "%s: of the mean time of %s what the other steps take (%s, as in the scenario) is taken off",
                                       t->endpoint, law_seconds(c->arena, t->mean), law_seconds(c->arena, t->others_s)));
  }
  v.value = law_json(t, f, v.estimate.value);
  v.low = law_json(t, f, v.estimate.low), v.high = law_json(t, f, v.estimate.high);
  if (known)
    *known = v;
  else
    calibration_value(c, &v);
}

static double sample_quantile(const struct times *t, double p) {
  double *sorted = arena_new_array(t->c->arena, double, t->count);
  memcpy(sorted, t->sample, sizeof *sorted * t->count);
  qsort(sorted, t->count, sizeof *sorted, ascending);
  return sorted[(uint32_t)(p * (t->count - 1))];
}

/* The likeliest law, where it is not rejected, or rejected for what nobody would notice. */
static const struct law_fit *choose(const struct times *t, const struct law_fit *fits) {
  const struct law_fit *best = &fits[0];
  for (int law = 1; law < LAWS; law++)
    if (fits[law].criterion < best->criterion) best = &fits[law];
  double tail = law_quantile(best, 0.99) / sample_quantile(t, 0.99) - 1;
  bool near = best->distance < NEAR_LAW && fabs(tail) < NEAR_TAIL;
  return best->p >= REJECTED || near ? best : NULL;
}

static void put_laws(struct times *t, const struct law_fit *fits, const struct law_fit *chosen) {
  struct calibration_results *r = t->c->results;
  for (int law = 0; law < LAWS && r->law_count < CALIBRATION_MOST; law++)
    r->laws[r->law_count++] = (struct calibrated_law){t->endpoint,      law_names[law], fits[law].cv,        fits[law].distance,
                                                      fits[law].square, fits[law].p,    &fits[law] == chosen};
  if (!chosen && r->law_count < CALIBRATION_MOST)
    r->laws[r->law_count++] = (struct calibrated_law){t->endpoint, "as it is", NAN, NAN, NAN, NAN, true};
}

static void fit_endpoint(struct calibration *c, const char *endpoint) {
  struct times t = {.c = c, .endpoint = endpoint};
  struct law_fit fits[LAWS];
  collect(&t);
  if (!t.all) return;
  find_place(&t);
  const char *why = why_not(&t);
  if (why) {
    calibration_gap(c, arena_format(c->arena, "the law of the demands of %s", endpoint), why);
    return;
  }
  law_fit_all(c->arena, t.sample, t.count, fits);
  const struct law_fit *chosen = choose(&t, fits);
  put_laws(&t, fits, chosen);
  put(&t, chosen);
}

void fit_times(struct calibration *c) {
  if (!c->measured->log.count || c->measured->log.took_s[0] < 0) {
    if (c->results->value_count)
      calibration_gap(c, "the laws of the demands",
                      "only sums and percentiles were measured, which give means: laws keep the form that the "
                      "scenario gives them. A log of single requests at a low load gives them");
    return;
  }
  for (const struct json_value *e = json_first(json_member(c->scenario->tree, "endpoints")); e; e = json_next(e))
    fit_endpoint(c, json_name(e));
}
