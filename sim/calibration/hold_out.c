/* The error on loads that took no part: each is predicted by a fit of the others, through the simulator, as a user of the written
 * scenario would. The written fit then takes all of them. */
#include "sim/calibration/calibration_inner.h"
#include "sim/json/json_print.h"
#include "sim/measure/estimate.h"
#include "sim/scenario/unit_print.h"
#include <stdlib.h>
#include <string.h>

enum { LOADS_MOST = 3, REPLICATIONS = 4, OVERRIDES = 16 };
static const double REQUESTS = 30000, SHORTEST_S = 4, LONGEST_S = 300;

/* What counts as reproduced, relative; or one and a half times the spread between windows of one load. */
static const double NEAR = 0.10, NEAR_TAIL = 0.12, NEAR_RATE = 0.05, TIMES_SPREAD = 1.5;

struct trial {
  struct calibration *whole; /* where rows go */
  struct calibration fit;    /* of the other loads */
  const uint32_t *windows;
  uint32_t count;
  double rate, users;
  const char *load;
};

/* --- what was measured -------------------------------------------------------------------------------------------------------- */

static double percentile_of(const struct measured_latency *l, double share) {
  for (uint32_t i = 0; i < l->count; i++)
    if (fabs(l->share[i] - share) < 1e-6) return l->seconds[i];
  return NAN;
}

enum figure { FIGURE_RATE, FIGURE_USE, FIGURE_MEAN, FIGURE_SHARE };

static double figure_of(const struct trial *t, const struct measured_window *w, enum figure what, double share) {
  const struct calibration *c = t->whole;
  const struct json_value *nodes = json_member(json_member(c->scenario->tree, "platform"), "nodes");
  if (what == FIGURE_RATE) return isnan(w->users) ? NAN : w->requests / w->seconds;
  if (what == FIGURE_MEAN) return w->latency.mean;
  if (what == FIGURE_SHARE) return percentile_of(&w->latency, share);
  if (json_count(nodes) != 1) return NAN;
  double sum = 0, cores = group_number(c, json_name(json_first(nodes)), "cpu", NAN) *
                          group_number(c, json_name(json_first(nodes)), "count", 1);
  for (uint32_t i = 0; i < w->cpu.count; i++) sum += w->cpu.items[i].amount;
  return w->cpu.count ? sum / (w->seconds * cores) : NAN;
}

/* Mean over the windows, and (greatest - least) / mean; NaN of one window. */
static double measured_of(const struct trial *t, enum figure what, double share, double *spread) {
  double sum = 0, low = INFINITY, high = -INFINITY;
  uint32_t n = 0;
  for (uint32_t i = 0; i < t->count; i++) {
    double x = figure_of(t, &t->whole->measured->windows[t->windows[i]], what, share);
    if (isnan(x)) continue;
    sum += x, n++, low = fmin(low, x), high = fmax(high, x);
  }
  *spread = n > 1 ? (high - low) / (sum / n) : NAN;
  return n ? sum / n : NAN;
}

/* --- what is predicted -------------------------------------------------------------------------------------------------------- */

static const char *mix_of(const struct trial *t) {
  const struct calibration *c = t->whole;
  const char *text = "";
  for (const struct json_value *e = json_first(json_member(c->scenario->tree, "endpoints")); e; e = json_next(e)) {
    double asked = 0;
    for (uint32_t i = 0; i < t->count; i++) asked += window_asked(c, &c->measured->windows[t->windows[i]], json_name(e));
    if (asked > 0)
      text = arena_format(c->arena, "%s%s%s: %.9g", text, *text ? ", " : "", json_quote(c->arena, json_name(e)), asked);
  }
  return text;
}

/* The load as the only source of the scenario. */
static uint32_t load_overrides(const struct trial *t, struct scenario_override *out) {
  struct arena *arena = t->whole->arena;
  const struct json_value *sources = json_member(t->whole->scenario->tree, "traffic"), *first = json_first(sources);
  const struct json_value *timeout = json_member(first, "timeout");
  const char *patience = timeout ? arena_format(arena, ", \"timeout\": %s", json_print_line(arena, timeout)) : "";
  uint32_t count = 0;
  const char *value = isnan(t->users)
                          ? arena_format(arena, "{\"kind\": \"open\", \"rate\": \"%s\", \"mix\": {%s}%s}",
                                         unit_print_rate(arena, t->rate), mix_of(t), patience)
                          : arena_format(arena, "{\"kind\": \"closed\", \"population\": %.0f, \"think\": \"0s\", \"mix\": {%s}%s}",
                                         t->users, mix_of(t), patience);
  out[count++] = (struct scenario_override){"the load", arena_format(arena, "traffic.%s", json_name(first)), value};
  for (const struct json_value *s = json_next(first); s && count < OVERRIDES / 2; s = json_next(s))
    out[count++] = (struct scenario_override){"the load", arena_format(arena, "traffic.%s", json_name(s)), "null"};
  double window = fmin(fmax(REQUESTS / t->rate, SHORTEST_S), LONGEST_S);
  out[count++] = (struct scenario_override){"the load", "run.window", unit_print_duration(arena, (int64_t)(window * 1e9))};
  out[count++] = (struct scenario_override){"the load", "run.warmup", unit_print_duration(arena, (int64_t)(0.25 * window * 1e9))};
  out[count++] = (struct scenario_override){"the load", "claims", "[]"};
  static const char *const gone[] = {"faults", "releases", "growth"};
  for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
    if (json_member(t->whole->scenario->tree, gone[i])) out[count++] = (struct scenario_override){"the load", gone[i], "null"};
  if (json_member(json_member(t->whole->scenario->tree, "run"), "years"))
    out[count++] = (struct scenario_override){"the load", "run.years", "null"};
  return count;
}

static struct scenario *read_trial(const struct trial *t) {
  const struct calibration *c = t->whole;
  const struct calibration_results *r = t->fit.results;
  uint32_t count = 0;
  struct scenario_override *all =
      arena_new_array(c->arena, struct scenario_override, c->options->override_count + r->value_count + 2 * OVERRIDES);
  for (uint32_t i = 0; i < c->options->override_count; i++) all[count++] = c->options->overrides[i];
  for (uint32_t i = 0; i < r->value_count; i++) {
    const char *value = r->values[i].value;
    size_t length = strlen(value);
    if (length > 2 && value[0] == '"') value = arena_format(c->arena, "%.*s", (int)length - 2, value + 1);
    all[count++] = (struct scenario_override){"a fit", r->values[i].path, value};
  }
  count += load_overrides(t, all + count);
  struct diagnostics *d = diagnostics_new(c->arena);
  struct scenario *s = scenario_read(c->arena, d, c->scenario->file, all, count);
  if (!s)
    calibration_note(t->whole, arena_format(c->arena, "%s cannot be predicted: %s", t->load, diagnostics_render(d, c->arena)));
  return s;
}

/* --- a row -------------------------------------------------------------------------------------------------------------------- */

static bool has_law(const struct calibration *c) {
  for (uint32_t i = 0; i < c->results->law_count; i++)
    if (c->results->laws[i].chosen) return true;
  return false;
}

static const char *why_not(const struct trial *t, const struct calibrated_row *row, bool tail) {
  bool law = has_law(&t->fit);
  if (isnan(row->predicted)) return "the scenario gives no value for it at this load";
  if (tail && !law)
    return "the law of the demands is the scenario's guess, since only sums or percentiles were measured: the times of single "
           "requests "
           "at a low load, as in a log, would give it";
  if (tail)
    return "the laws fit, so something makes requests wait that the scenario does not have, such as collections, time slices, "
           "other "
           "processes, or a cache that misses";
  return "something is missing in the scenario, or this load lies outside of those that the fit is made of";
}

static double near_of(const struct calibrated_row *row, enum figure what, double share) {
  double near = what == FIGURE_RATE ? NEAR_RATE : what == FIGURE_SHARE && share > 0.9 ? NEAR_TAIL : NEAR;
  return isnan(row->spread) ? near : fmax(near, TIMES_SPREAD * row->spread);
}

static const struct wanted {
  enum figure what;
  double share;
  const char *measure, *word;
  enum unit unit;
} wanted[] = {{FIGURE_RATE, 0, "rate(all)", "throughput", UNIT_PER_SECOND},
              {FIGURE_USE, 0, NULL, "CPU of the machine", UNIT_RATIO},
              {FIGURE_MEAN, 0, "mean(all.latency)", "mean latency", UNIT_SECONDS},
              {FIGURE_SHARE, 0.50, "p50(all.latency)", "p50 latency", UNIT_SECONDS},
              {FIGURE_SHARE, 0.95, "p95(all.latency)", "p95 latency", UNIT_SECONDS},
              {FIGURE_SHARE, 0.99, "p99(all.latency)", "p99 latency", UNIT_SECONDS}};
enum { WANTED = sizeof wanted / sizeof *wanted };

static const char *measure_text(const struct trial *t, const struct wanted *w) {
  const struct json_value *nodes = json_member(json_member(t->whole->scenario->tree, "platform"), "nodes");
  return w->measure ? w->measure : arena_format(t->whole->arena, "utilization(%s.cpu)", json_name(json_first(nodes)));
}

static void put_row(struct trial *t, const struct wanted *w, double measured, double spread, double predicted) {
  struct calibration_results *r = t->whole->results;
  if (r->row_count == CALIBRATION_MOST) return;
  struct calibrated_row *row = &r->rows[r->row_count++];
  *row = (struct calibrated_row){.load = t->load, .measure = w->word, .unit = w->unit, .measured = measured, .spread = spread};
  row->predicted = w->unit == UNIT_RATIO && predicted > 1 - 1e-6 ? 1 : predicted, row->error = predicted / measured - 1;
  row->claimed = fabs(row->error) <= near_of(row, w->what, w->share);
  if (!row->claimed) row->reason = why_not(t, row, w->what == FIGURE_SHARE && w->share > 0.5);
}

/* --- a load ------------------------------------------------------------------------------------------------------------------- */

static void run_trial(struct trial *t) {
  struct calibration *c = t->whole;
  struct scenario *s = read_trial(t);
  if (!s) return;
  struct study_options options = c->options->study;
  options.replications = REPLICATIONS;
  struct study *study = study_open(c->arena, s, &options);
  uint32_t entries[WANTED];
  double measured[WANTED], spread[WANTED];
  for (int i = 0; i < WANTED; i++) {
    struct measure m;
    const char *rest = "";
    measured[i] = measured_of(t, wanted[i].what, wanted[i].share, &spread[i]);
    if (isnan(measured[i])) continue;
    bool good = !measure_parse(c->arena, &s->model, measure_text(t, &wanted[i]), &m, &rest);
    if (good)
      entries[i] = study_add(study, &m, wanted[i].word, "");
    else
      measured[i] = NAN;
  }
  if (study_extend(study, REPLICATIONS, 0))
    for (int i = 0; i < WANTED; i++) {
      if (isnan(measured[i])) continue;
      const struct evidence *ev = study_evidence(study);
      put_row(t, &wanted[i], measured[i], spread[i], entry_estimate(ev, &ev->entries[entries[i]]).value);
    }
  else
    c->results->interrupted = true;
  study_close(study);
}

static void try_windows(struct calibration *c, const uint32_t *windows, uint32_t count, const char *load) {
  bool *held = arena_new_array(c->arena, bool, c->measured->window_count + 1);
  struct trial t = {.whole = c, .fit = *c, .windows = windows, .count = count, .load = load, .users = NAN};
  for (uint32_t i = 0; i < count; i++)
    held[windows[i]] = true, t.rate += c->measured->windows[windows[i]].requests / c->measured->windows[windows[i]].seconds / count;
  t.users = c->measured->windows[windows[0]].users;
  t.fit.held_out = held, t.fit.results = calibration_results_new(c->arena);
  calibration_fit(&t.fit);
  if (t.rate > 0) run_trial(&t);
}

static const char *name_of_level(struct calibration *c, const struct load_level *l) {
  if (!isnan(l->users)) return arena_format(c->arena, "%.0f users", l->users);
  double unit = pow(10, floor(log10(l->rate)) - 2);
  return arena_format(c->arena, "%.10g/s", round(l->rate / unit) * unit);
}

/* A log that gives the laws is not held out: no fit without it would have any. */
static bool worth(const struct calibration *c, const struct load_level *l) {
  const struct measured_window *w = &c->measured->windows[c->order[l->first]];
  if (c->level_count > 1 && w->at.source && w->at.source == c->measured->log.at.source) return false;
  return l->rate > 0 && (!isnan(w->latency.mean) || w->cpu.count);
}

void hold_out(struct calibration *c) {
  struct calibration_results *r = c->results;
  uint32_t *levels = arena_new_array(c->arena, uint32_t, c->level_count + 1), count = 0;
  for (uint32_t k = 0; k < c->level_count; k++)
    if (worth(c, &c->levels[k])) levels[count++] = k;
  if (count < 2) {
    const struct load_level *l = count ? &c->levels[levels[0]] : NULL;
    r->held_out = l && l->count > 1 ? "one load only: the last of its windows, which says nothing of other loads"
                                    : "nothing: there is one window only; measure at two loads or more";
    if (l && l->count > 1) try_windows(c, &c->order[l->first + l->count - 1], 1, name_of_level(c, l));
    return;
  }
  r->held_out = "each load is predicted by a fit of the others; the written one takes all";
  for (uint32_t i = 0; i < count; i++) {
    bool taken = count <= LOADS_MOST || i == 0 || i == count / 2 || i == count - 1;
    if (taken && !r->interrupted)
      try_windows(c, c->order + c->levels[levels[i]].first, c->levels[levels[i]].count, name_of_level(c, &c->levels[levels[i]]));
  }
}
