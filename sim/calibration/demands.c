/* CPU demands by the utilization law. In a window of T seconds a service that N_e requests of endpoint e visit uses
 *
 *     C = sum of D_e N_e + w N (1 - U) + B T          CPU seconds
 *
 * D_e: its demand of a request when the machine is busy; w: what waking adds to a request when it is idle, U being the use of the
 * cores that the service shares; B: what it uses without being asked. All windows of a service together give them by least squares
 * of relative errors, since the speed of a machine drifts by percents from window to window and that is the larger error.
 *
 * Which of w and B can be asked for is a matter of the loads that were measured, not of what comes out: with three loads, idle
 * included, both; with two, B, or w where the scenario says that the service wakes; with one, neither. When the loads are too close
 * to one another for that (D known to no better than 15%), D is the demand at the loads that were measured. */
#include "sim/calibration/calibration_inner.h"
#include "sim/scenario/place_path.h"
#include "sim/stats/regression.h"
#include <stdlib.h>
#include <string.h>

static const double DRIFT = 0.08; /* of a machine's speed, where one window says nothing of it */
static const double KNOWN = 0.5;  /* a wider interval is none */

enum { WAKING = 1, BACKGROUND = 2 };

struct service_fit {
  struct calibration *c;
  const char *service;
  const char *endpoints[REGRESSION_COLUMNS];
  uint32_t endpoint_count;
  uint32_t *windows, window_count;
  uint32_t levels; /* that take part */
  int terms;
  double *x, *y;
  struct regression fit;
};

/* --- what is asked ------------------------------------------------------------------------------------------------------------ */

static bool visits(const struct calibration *c, const char *endpoint, const char *service) {
  for (uint32_t i = 0; i < c->place_count; i++)
    if (!strcmp(c->places[i].endpoint, endpoint) && !strcmp(c->places[i].service, service)) return true;
  return false;
}

/* A service that is alone on the only machine has all of its CPU. */
static bool is_alone(const struct calibration *c, const char *service) {
  for (uint32_t i = 0; i < c->place_count; i++)
    if (strcmp(c->places[i].service, service) != 0) return false;
  return json_count(json_member(json_member(c->scenario->tree, "platform"), "nodes")) == 1;
}

static double cpu_of(const struct calibration *c, const struct measured_window *w, const char *service) {
  double own = window_cpu(c, w, service);
  return isnan(own) && is_alone(c, service) ? window_cpu(c, w, "host") : own;
}

static void find_endpoints(struct service_fit *f) {
  const struct measured *m = f->c->measured;
  for (const struct json_value *e = json_first(json_member(f->c->scenario->tree, "endpoints")); e; e = json_next(e)) {
    double asked = 0;
    for (uint32_t i = 0; i < m->window_count; i++) asked += window_asked(f->c, &m->windows[i], json_name(e));
    if (asked > 0 && visits(f->c, json_name(e), f->service) && f->endpoint_count < REGRESSION_COLUMNS - 2)
      f->endpoints[f->endpoint_count++] = json_name(e);
  }
}

static void find_windows(struct service_fit *f) {
  const struct measured *m = f->c->measured;
  bool *met = arena_new_array(f->c->arena, bool, f->c->level_count + 1);
  f->windows = arena_new_array(f->c->arena, uint32_t, m->window_count + 1);
  for (uint32_t i = 0; i < m->window_count; i++) {
    if (!takes_part(f->c, i) || !(cpu_of(f->c, &m->windows[i], f->service) > 0)) continue;
    f->windows[f->window_count++] = i;
    if (!met[f->c->level_of[i]]) f->levels++;
    met[f->c->level_of[i]] = true;
  }
}

/* The use of the machine that the service runs on; NaN: it is not known. */
static double use_of(const struct calibration *c, const struct measured_window *w, const char *service) {
  if (!isnan(w->busy)) return w->busy;
  const char *group = place_group(c, service);
  double cores = group_number(c, group, "cpu", NAN) * group_number(c, group, "count", 1), sum = window_cpu(c, w, "host");
  for (const struct json_value *s = json_first(json_member(c->scenario->tree, "services")); s && isnan(window_cpu(c, w, "host"));
       s = json_next(s)) {
    const char *other = place_group(c, json_name(s));
    double used = window_cpu(c, w, json_name(s));
    if (!isnan(used) && other && group && !strcmp(other, group)) sum = (isnan(sum) ? 0 : sum) + used;
  }
  return fmin(1, sum / (w->seconds * cores));
}

/* --- one fit ------------------------------------------------------------------------------------------------------------------ */

static void fill(struct service_fit *f, uint32_t columns) {
  const struct measured *m = f->c->measured;
  f->x = arena_new_array(f->c->arena, double, (size_t)f->window_count *columns + 1);
  f->y = arena_new_array(f->c->arena, double, f->window_count + 1);
  for (uint32_t i = 0; i < f->window_count; i++) {
    const struct measured_window *w = &m->windows[f->windows[i]];
    double *row = f->x + (size_t)i * columns, sum = 0;
    uint32_t k = 0;
    f->y[i] = cpu_of(f->c, w, f->service);
    for (; k < f->endpoint_count; k++) sum += row[k] = window_asked(f->c, w, f->endpoints[k]);
    if (f->terms & WAKING) row[k++] = sum * (1 - use_of(f->c, w, f->service));
    if (f->terms & BACKGROUND) row[k++] = w->seconds;
  }
}

static void solve(struct service_fit *f, int terms) {
  uint32_t columns = f->endpoint_count + !!(terms & WAKING) + !!(terms & BACKGROUND);
  f->terms = terms;
  fill(f, columns);
  regression_relative(f->c->arena, f->y, f->x, f->window_count, columns, &f->fit);
}

/* Every demand that is identified at all is known well enough, and so are the terms. */
static bool good_enough(const struct service_fit *f) {
  bool good = f->fit.freedom > 0;
  for (uint32_t k = 0; k < f->fit.columns; k++) {
    if (k >= f->endpoint_count) good &= f->fit.identified[k];
    if (k < f->endpoint_count && f->fit.identified[k]) good &= f->fit.half[k] <= KNOWN * fabs(f->fit.value[k]);
  }
  return good;
}

static bool knows_use(const struct service_fit *f) {
  for (uint32_t i = 0; i < f->window_count; i++)
    if (isnan(use_of(f->c, &f->c->measured->windows[f->windows[i]], f->service))) return false;
  return true;
}

static bool says_wake(const struct service_fit *f) {
  const struct json_value *s = json_member(json_member(f->c->scenario->tree, "services"), f->service);
  return json_member(s, "wake") != NULL;
}

/* Waking where the scenario says so; else what leaves smaller errors. */
static void choose_one(struct service_fit *f, bool use) {
  solve(f, BACKGROUND);
  double spread = f->fit.spread;
  if (!use || (f->levels < 3 && !says_wake(f))) return;
  solve(f, WAKING);
  if (!says_wake(f) && !(f->fit.spread < spread)) solve(f, BACKGROUND);
}

static void choose(struct service_fit *f) {
  bool use = knows_use(f);
  if (f->levels > 2 && use) {
    solve(f, WAKING | BACKGROUND);
    if (good_enough(f)) return;
  }
  if (f->levels > 1) {
    choose_one(f, use);
    if (good_enough(f)) return;
  }
  solve(f, 0);
}

/* --- what comes of it --------------------------------------------------------------------------------------------------------- */

static const char *files_of(const struct calibration *c) {
  const struct measured *m = c->measured;
  const char *text = "";
  for (uint32_t i = 0; i < m->file_count && i < 3; i++) {
    const char *slash = strrchr(m->files[i], '/');
    text = arena_format(c->arena, "%s%s%s", text, *text ? ", " : "", slash ? slash + 1 : m->files[i]);
  }
  return m->file_count > 3 ? arena_format(c->arena, "%s and %u more", text, m->file_count - 3) : text;
}

static const char *source_of(const struct service_fit *f) {
  const char *windows = f->window_count == 1 ? "one window" : arena_format(f->c->arena, "%u windows", f->window_count);
  return arena_format(f->c->arena, "measured: %s; %s at %s, utilization law", files_of(f->c), windows,
                      f->levels == 1 ? "one load" : arena_format(f->c->arena, "%u loads", f->levels));
}

/* Half of the interval: from the repetitions, or, without any, what is assumed of the drift. */
static double half_of(const struct service_fit *f, uint32_t k) {
  return f->fit.freedom > 0
             ? f->fit.half[k]
             : fabs(f->fit.value[k]) * hypot(DRIFT, 2 / sqrt(f->fit.value[k] > 0 ? fmax(1, f->y[0] / f->fit.value[k]) : 1));
}

static struct calibrated_value value_of(const struct calibration *c, const char *path, double value, double half, uint64_t n) {
  double low = fmax(0, value - half);
  return (struct calibrated_value){.path = path,
                                   .value = law_seconds(c->arena, value),
                                   .low = law_seconds(c->arena, low),
                                   .high = law_seconds(c->arena, value + half),
                                   .unit = UNIT_SECONDS,
                                   .estimate = {value, low, value + half, n, false}};
}

static void put_place(struct service_fit *f, const struct demand_place *p, double factor, double low, double high) {
  struct calibration *c = f->c;
  struct calibrated_value v = {
      .path = p->path, .was = law_scaled(c->arena, p->law, 1), .source = source_of(f), .unit = UNIT_SECONDS};
  v.value = law_scaled(c->arena, p->law, factor);
  v.low = law_scaled(c->arena, p->law, low), v.high = law_scaled(c->arena, p->law, high);
  v.estimate = (struct estimate){p->mean_s * factor, p->mean_s * low, p->mean_s * high, f->window_count, false};
  calibration_value(c, &v);
}

/* A demand that is spread over several steps keeps the proportions that the scenario has. */
static void put_demand(struct service_fit *f, uint32_t k) {
  struct calibration *c = f->c;
  double now = 0, value = f->fit.value[k] * group_number(c, place_group(c, f->service), "speed", 1);
  double half = half_of(f, k) * group_number(c, place_group(c, f->service), "speed", 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < c->place_count; i++) {
    const struct demand_place *p = &c->places[i];
    if (!strcmp(p->endpoint, f->endpoints[k]) && !strcmp(p->service, f->service)) now += p->visits * p->mean_s, count++;
  }
  const char *what = arena_format(c->arena, "the steps of %s at %s", f->endpoints[k], f->service);
  if (!(now > 0)) {
    calibration_gap(c, what,
                    arena_format(c->arena,
                                 "together they take %s a request; how that is divided depends on hits and misses that "
                                 "come out of the run, or on a law without a mean",
                                 law_seconds(c->arena, value)));
    return;
  }
  if (count > 1) calibration_gap(c, what, "only their sum is measured: they keep the proportions that the scenario gives them");
  for (uint32_t i = 0; i < c->place_count; i++) {
    const struct demand_place *p = &c->places[i];
    if (!strcmp(p->endpoint, f->endpoints[k]) && !strcmp(p->service, f->service))
      put_place(f, p, value / now, fmax(0, value - half) / now, (value + half) / now);
  }
}

static void put_gap(struct service_fit *f, uint32_t k) {
  struct calibration *c = f->c;
  const char *what = arena_format(c->arena, "the demand of %s at %s", f->endpoints[k], f->service), *with = "";
  for (uint32_t i = 0; i < f->endpoint_count; i++)
    if (i != k && !f->fit.identified[i]) with = arena_format(c->arena, "%s%s%s", with, *with ? ", " : "", f->endpoints[i]);
  if (!f->fit.identified[k])
    calibration_gap(c, what,
                    arena_format(c->arena,
                                 "it was always asked in the same proportion to %s: only their sum is seen. Measure "
                                 "each endpoint alone, or a second mix",
                                 *with ? with : "the others"));
  else
    calibration_gap(c, what,
                    arena_format(c->arena,
                                 "the windows leave it between %s and %s: more of them, or a load with a larger share "
                                 "of it",
                                 law_seconds(c->arena, fmax(0, f->fit.value[k] - half_of(f, k))),
                                 law_seconds(c->arena, fmax(0, f->fit.value[k] + half_of(f, k)))));
}

static bool language_knows(const struct calibration *c, const char *path) {
  return place_field_at(c->arena, &scenario_record, c->scenario->tree, path) != NULL;
}

/* How often a request of these windows begins to compute at the service: each time it may have to wake it. */
static double turns_of(const struct service_fit *f) {
  const struct calibration *c = f->c;
  double asked = 0, turns = 0;
  for (uint32_t i = 0; i < f->window_count; i++)
    for (uint32_t k = 0; k < f->endpoint_count; k++) {
      double n = window_asked(c, &c->measured->windows[f->windows[i]], f->endpoints[k]);
      asked += n;
      for (uint32_t p = 0; p < c->place_count; p++)
        if (!strcmp(c->places[p].endpoint, f->endpoints[k]) && !strcmp(c->places[p].service, f->service) && c->places[p].visits > 0)
          turns += n * c->places[p].visits;
    }
  return asked > 0 && turns > 0 ? turns / asked : 1;
}

static const char *no_waking(const struct service_fit *f) {
  if (f->levels < 2)
    return "one load only: how the demand falls with load takes a second one, at about a tenth of what the machine can do";
  if (!knows_use(f)) return "how busy its machine was is not known: measure the CPU of all that runs there, or \"host\"";
  return "the loads are too few, or too close to one another, to tell it from the demand and the background";
}

/* Written only where it is shown: waking goes by the idleness of a process, of which that of the machine is a rough measure. */
static void put_waking(struct service_fit *f) {
  struct calibration *c = f->c;
  uint32_t k = f->endpoint_count;
  const char *what = arena_format(c->arena, "waking of %s", f->service);
  const char *path = arena_format(c->arena, "services.%s.wake.cpu", f->service);
  if (!(f->terms & WAKING)) {
    calibration_gap(c, what, no_waking(f));
    return;
  }
  double part = group_number(c, place_group(c, f->service), "speed", 1) / turns_of(f);
  double value = f->fit.value[k] * part, half = half_of(f, k) * part;
  const char *most = law_seconds(c->arena, fmax(0, value + half));
  if (!(value - half > 0))
    calibration_gap(c, what,
                    value + half > 0 ? arena_format(c->arena, "none is shown: it adds at most %s", most) : "none is shown");
  else if (!language_knows(c, path))
    calibration_gap(
        c, what,
        arena_format(c->arena, "it adds %s on an idle machine, which the language has no word for", law_seconds(c->arena, value)));
  else {
    struct calibrated_value v = value_of(c, path, value, half, f->window_count);
    v.source = arena_format(c->arena, "%s, d = d1 + w (1 - U)", source_of(f));
    calibration_value(c, &v);
  }
}

static void put_background(struct service_fit *f) {
  struct calibration *c = f->c;
  uint32_t k = f->endpoint_count + !!(f->terms & WAKING);
  if (!(f->terms & BACKGROUND)) return;
  double value = f->fit.value[k], half = half_of(f, k);
  if (value - half <= 0) return;
  calibration_note(c, arena_format(c->arena,
                                   "%s uses %.3g%% of a core without being asked [%.3g, %.3g]: it is not in the scenario, which "
                                   "has no such load",
                                   f->service, 100 * value, 100 * (value - half), 100 * (value + half)));
}

/* The demand holds on a machine of any size; what the scenario predicts with it does not. */
static void tell_too_busy(struct service_fit *f) {
  struct calibration *c = f->c;
  const char *group = place_group(c, f->service);
  double cores = group_number(c, group, "cpu", NAN) * group_number(c, group, "count", 1), most = 0;
  for (uint32_t i = 0; i < f->window_count; i++) {
    const struct measured_window *w = &c->measured->windows[f->windows[i]];
    most = fmax(most, cpu_of(c, w, f->service) / w->seconds);
  }
  if (!(most > 1.05 * cores)) return;
  calibration_note(c, arena_format(c->arena,
                                   "%s used %.3g cores, and its nodes (%s) have %.3g: the scenario is of a smaller machine than "
                                   "the measured one, or the CPU is not in seconds",
                                   f->service, most, group, cores));
}

static void fit_service(struct calibration *c, const char *service) {
  struct service_fit *f = arena_alloc(c->arena, sizeof *f);
  *f = (struct service_fit){.c = c, .service = service};
  find_endpoints(f);
  find_windows(f);
  if (!f->endpoint_count || !f->window_count) return;
  choose(f);
  for (uint32_t k = 0; k < f->endpoint_count; k++) {
    bool known = f->fit.identified[k] && f->fit.value[k] > 0 && !(half_of(f, k) > KNOWN * f->fit.value[k]);
    if (known)
      put_demand(f, k);
    else
      put_gap(f, k);
  }
  put_waking(f);
  put_background(f);
  tell_too_busy(f);
  if (!(f->fit.freedom > 0))
    calibration_note(c, arena_format(c->arena,
                                     "%s: no window is left over for an interval; it is what a machine's speed drifts by, 8%%, "
                                     "and counting. Repeat the measurement at each load",
                                     service));
  if (f->fit.lag > 0)
    calibration_note(c, arena_format(c->arena,
                                     "%s: errors of neighbouring windows resemble each other (%.2f), so that they are worth "
                                     "fewer: intervals are wider for it",
                                     service, f->fit.lag));
}

/* --- a machine as a whole ----------------------------------------------------------------------------------------------------- */

static bool any_cpu(const struct calibration *c, const char *service) {
  for (uint32_t i = 0; i < c->measured->window_count; i++)
    if (!isnan(cpu_of(c, &c->measured->windows[i], service))) return true;
  return false;
}

static bool host_read(const struct calibration *c) {
  for (uint32_t i = 0; i < c->measured->window_count; i++)
    if (!isnan(window_cpu(c, &c->measured->windows[i], "host"))) return true;
  return false;
}

static bool is_measured(const struct calibration *c, const char *path) {
  for (uint32_t i = 0; i < c->results->value_count; i++)
    if (!strcmp(c->results->values[i].path, path)) return true;
  return false;
}

/* Services whose CPU is only in the sum of their machine, or not measured, and whose demands do not come from times either. */
void fit_rest(struct calibration *c) {
  const char *all = "";
  uint32_t count = 0;
  for (const struct json_value *s = json_first(json_member(c->scenario->tree, "services")); s; s = json_next(s)) {
    bool has = false;
    for (uint32_t i = 0; i < c->place_count; i++)
      has |= !strcmp(c->places[i].service, json_name(s)) && !is_measured(c, c->places[i].path);
    if (!has || any_cpu(c, json_name(s))) continue;
    all = arena_format(c->arena, "%s%s%s", all, *all ? ", " : "", json_name(s)), count++;
  }
  if (!count) return;
  calibration_gap(c, arena_format(c->arena, "the demands at %s", all),
                  host_read(c) ? "only the CPU of the whole machine was measured, and every request visits them together: read the "
                                 "CPU of each service (its cgroup)"
                               : "their CPU was not measured");
}

void fit_demands(struct calibration *c) {
  for (const struct json_value *s = json_first(json_member(c->scenario->tree, "services")); s; s = json_next(s))
    fit_service(c, json_name(s));
}
