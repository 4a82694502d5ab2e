/* From what files say to windows: which of them belong together in time, and whether they can. */
#include "sim/calibration/reading_inner.h"
#include "sim/engine/arena.h"
#include <stdlib.h>
#include <string.h>

enum { FEW_LINES = 100, STRETCHES = 5 };
static const double HALF_HOUR = 1800, CORES_MOST = 1e4;

struct group {
  struct measured *m;
  struct arena *arena;
  struct diagnostics *diagnostics;
  struct reading *readings;
  uint32_t count;
  const char *from;
  bool idle; /* the user says that nothing was asked meanwhile */
};

/* --- counters ----------------------------------------------------------------------------------------------------------------- */

static bool is_cpu(const struct series *s) { return s->of == SERIES_CPU || s->of == SERIES_HOST; }

/* More than any machine has: the column is not in seconds. */
static bool check_cores(const struct group *g, const struct series *s, uint32_t i) {
  double cores = (s->value[i] - s->value[i - 1]) / (s->at_s[i] - s->at_s[i - 1]);
  if (!is_cpu(s) || cores < CORES_MOST) return true;
  diagnostic_add(g->diagnostics, &s->at[i],
                 "\"%s\" used %.3g cores since the sample above it, which no machine has: CPU counts in seconds here, not in "
                 "milliseconds or less",
                 s->name, cores);
  return false;
}

static bool check_series(const struct group *g, const struct series *s) {
  const char *what = s->of == SERIES_REQUESTS ? "requests" : "CPU";
  for (uint32_t i = 1; i < s->count; i++) {
    if (s->at_s[i] == s->at_s[i - 1]) {
      diagnostic_add(g->diagnostics, &s->at[i], "its time is that of the sample above it: two runs in one file, or a line twice");
      return false;
    }
    if (s->at_s[i] < s->at_s[i - 1]) {
      diagnostic_add(g->diagnostics, &s->at[i],
                     "its time is %.3f s before that of the sample above it: two clocks, or two runs in "
                     "one file",
                     s->at_s[i - 1] - s->at_s[i]);
      return false;
    }
    if (s->value[i] < s->value[i - 1]) {
      diagnostic_add(g->diagnostics, &s->at[i],
                     "the counter of %s \"%s\" fell from %.9g to %.9g: it was reset, so what was "
                     "counted before is lost; use the samples on one side of it",
                     what, s->name, s->value[i - 1], s->value[i]);
      return false;
    }
    if (!check_cores(g, s, i)) return false;
  }
  if (s->count > 1) return true;
  diagnostic_add(g->diagnostics, &s->at[0], "only one sample of \"%s\": what it counted in a time takes two", s->name);
  return false;
}

/* A window has room for this many names. */
static bool check_names(const struct group *g) {
  uint32_t clocks = 0, counters = 0;
  for (uint32_t i = 0; i < g->count; i++)
    for (uint32_t k = 0; k < g->readings[i].series_count; k++) {
      const struct series *s = &g->readings[i].series[k];
      clocks += is_cpu(s), counters += s->of == SERIES_REQUESTS;
      if (clocks <= MEASURED_NAMES && counters <= MEASURED_NAMES && k + 1 < SERIES_MOST) continue;
      diagnostic_add(g->diagnostics, &s->at[0], "has more than %d names: keep the lines of the services and endpoints in question",
                     MEASURED_NAMES);
      return false;
    }
  return true;
}

static bool check_all(const struct group *g) {
  bool good = check_names(g);
  if (!good) return false;
  for (uint32_t i = 0; i < g->count; i++)
    for (uint32_t k = 0; k < g->readings[i].series_count; k++) good &= check_series(g, &g->readings[i].series[k]);
  return good;
}

/* The counter at a time, between its samples; NaN outside of them. */
static double value_at(const struct series *s, double at_s) {
  const double slack = 1e-6;
  if (at_s < s->at_s[0] - slack || at_s > s->at_s[s->count - 1] + slack) return NAN;
  uint32_t low = 0, high = s->count - 1;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (s->at_s[middle] <= at_s)
      low = middle;
    else
      high = middle;
  }
  double share = (at_s - s->at_s[low]) / (s->at_s[high] - s->at_s[low]);
  return s->value[low] + fmin(fmax(share, 0), 1) * (s->value[high] - s->value[low]);
}

static const struct series *first_series(const struct group *g, bool cpu) {
  for (uint32_t i = 0; i < g->count; i++)
    for (uint32_t k = 0; k < g->readings[i].series_count; k++)
      if (cpu ? is_cpu(&g->readings[i].series[k]) : g->readings[i].series[k].of == SERIES_REQUESTS)
        return &g->readings[i].series[k];
  return NULL;
}

/* --- a load generator and clocks ---------------------------------------------------------------------------------------------- */

/* Within the run the second half must use what the first does; the outer samples may hang over. */
static bool check_halves(const struct group *g, const struct series *s) {
  uint32_t last = s->count - 2, middle = s->count / 2;
  if (s->count < 6) return true;
  double one = (s->value[middle] - s->value[1]) / (s->at_s[middle] - s->at_s[1]);
  double two = (s->value[last] - s->value[middle]) / (s->at_s[last] - s->at_s[middle]);
  if (fmax(one, two) < 0.02 || fabs(one - two) < 0.3 * fmax(one, two)) return true;
  diagnostic_add(g->diagnostics, &s->at[middle],
                 "the load was not steady: \"%s\" used %.3g cores in the first half of the samples and "
                 "%.3g in the second; no fit is made of it",
                 s->name, one, two);
  return false;
}

/* Samples around the run count whole; samples within it stand for it. */
static bool attach(const struct group *g, struct measured_window *w, const struct series *s) {
  double span = s->at_s[s->count - 1] - s->at_s[0], used = s->value[s->count - 1] - s->value[0];
  if (span > 1.25 * w->seconds + 10) {
    diagnostic_add(g->diagnostics, &s->at[0],
                   "the samples of \"%s\" cover %.4g s and the run %.4g s: they were not taken at the same "
                   "time; take one right before the run and one right after it",
                   s->name, span, w->seconds);
    return false;
  }
  measured_add(&w->cpu, s->of == SERIES_HOST ? "host" : s->name, span < w->seconds ? used * w->seconds / span : used);
  return check_halves(g, s);
}

static struct measured_window *new_window(const struct group *g) {
  struct measured *m = g->m;
  if (m->window_count == m->room) {
    uint32_t room = m->room ? 2 * m->room : 64;
    struct measured_window *more = arena_new_array(g->arena, struct measured_window, room);
    if (m->window_count) memcpy(more, m->windows, sizeof *more * m->window_count);
    m->windows = more, m->room = room;
  }
  return &m->windows[m->window_count++];
}

static bool take_generator(const struct group *g, struct reading *from) {
  bool good = true, clocks = first_series(g, true) != NULL;
  if (clocks && from->window_count > 1) {
    diagnostic_add(g->diagnostics, &from->windows[1].at, "has several runs: clocks next to it can belong to one only");
    return false;
  }
  for (uint32_t i = 0; i < from->window_count; i++) {
    struct measured_window *w = new_window(g);
    *w = from->windows[i], w->from = g->from;
    for (uint32_t k = 0; k < g->count; k++)
      for (uint32_t s = 0; s < g->readings[k].series_count; s++)
        if (is_cpu(&g->readings[k].series[s])) good &= attach(g, w, &g->readings[k].series[s]);
    double all = w->requests + w->failed;
    if (w->failed > 0.05 * all) {
      diagnostic_add(g->diagnostics, &w->at,
                     "%.3g%% of the requests failed: what those used is not known, and no fit is made of it",
                     100 * w->failed / all);
      good = false;
    }
    if (w->requests < FEW_LINES) {
      diagnostic_add(g->diagnostics, &w->at, "only %.0f requests: too few for a fit, which takes at least %d", w->requests,
                     FEW_LINES);
      good = false;
    }
  }
  return good;
}

/* --- logs --------------------------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static void describe_times(struct arena *arena, struct measured_latency *l, const float *took, uint32_t n) {
  static const double shares[] = {0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99};
  float *sorted = arena_new_array(arena, float, n + 1);
  double sum = 0, squares = 0;
  memcpy(sorted, took, sizeof *took * n);
  qsort(sorted, n, sizeof *sorted, ascending);
  for (uint32_t i = 0; i < n; i++) sum += (double)sorted[i];
  l->n = n, l->mean = sum / n;
  for (uint32_t i = 0; i < n; i++) squares += ((double)sorted[i] - l->mean) * ((double)sorted[i] - l->mean);
  l->sd = n > 1 ? sqrt(squares / (n - 1)) : NAN;
  for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
    if (n * (1 - shares[i]) >= 10) latency_put(l, shares[i], (double)sorted[(uint32_t)(shares[i] * n)]);
}

/* Requests that ended in [from, to). */
static void count_log(struct arena *arena, struct measured_window *w, const struct measured_log *log, double from, double to) {
  double *by_name = arena_new_array(arena, double, log->name_count + 1);
  uint32_t n = 0, first = 0;
  while (first < log->count && log->at_s[first] < from) first++;
  for (uint32_t i = first; i < log->count && log->at_s[i] < to; i++)
    if (log->failed[i])
      w->failed++;
    else
      by_name[log->name[i]]++, n++;
  w->requests = n;
  for (uint32_t i = 0; i < log->name_count; i++)
    if (by_name[i] > 0) measured_add(&w->asked, log->names[i], by_name[i]);
  if (!n || log->took_s[0] < 0) return;
  float *took = arena_new_array(arena, float, n);
  n = 0;
  for (uint32_t i = first; i < log->count && log->at_s[i] < to; i++)
    if (!log->failed[i]) took[n++] = log->took_s[i];
  describe_times(arena, &w->latency, took, n);
}

/* Requests in each fifth of the log, against what chance does to equal ones. */
static bool check_steady_log(const struct group *g, const struct measured_log *log) {
  double from = log->at_s[0], span = log->at_s[log->count - 1] - from, counts[STRETCHES] = {0};
  if (span < 5) return true;
  for (uint32_t i = 0; i < log->count; i++) {
    int k = (int)((log->at_s[i] - from) / span * STRETCHES);
    counts[k < STRETCHES ? k : STRETCHES - 1]++;
  }
  double mean = (double)log->count / STRETCHES, one = (counts[0] + counts[1]) / 2, two = (counts[3] + counts[4]) / 2;
  double chance = 4 * sqrt(mean);
  if (fabs(one - two) < fmax(0.2 * mean, chance)) return true;
  diagnostic_add(g->diagnostics, &log->at,
                 "the load was not steady: %.4g/s in the first 40%% of its %.4g s and %.4g/s in the last 40%%; "
                 "no fit is made of it. Cut out a time of one load",
                 one * STRETCHES / span, span, two * STRETCHES / span);
  return false;
}

static struct measured_log *log_of(const struct group *g) {
  for (uint32_t i = 0; i < g->count; i++)
    if (g->readings[i].log.count) return &g->readings[i].log;
  return NULL;
}

/* What the log covers, and what the clocks cover. */
static bool check_clocks(const struct group *g, const struct measured_log *log, const struct series *s) {
  double from = log->at_s[0], to = log->at_s[log->count - 1], begin = s->at_s[0], end = s->at_s[s->count - 1];
  double both = fmin(to, end) - fmax(from, begin), shorter = fmin(to - from, end - begin);
  if (both > 0.5 * shorter && both > 0) return true;
  double apart = from - begin, zones = round(apart / HALF_HOUR);
  const char *hint = zones != 0 && fabs(apart - zones * HALF_HOUR) < 120
                         ? arena_format(g->arena, ", %.3g hours apart: their time zones disagree", zones / 2)
                         : ": they were not measured at the same time, or their clocks disagree";
  diagnostic_add(g->diagnostics, &s->at[0], "the samples begin at %.0f (Unix time) and the log %s at %.0f%s", begin,
                 log->at.source ? log->at.source->name : "", from, hint);
  return false;
}

/* --- windows between samples -------------------------------------------------------------------------------------------------- */

static void count_series(const struct group *g, struct measured_window *w, double from, double to) {
  for (uint32_t i = 0; i < g->count; i++)
    for (uint32_t k = 0; k < g->readings[i].series_count; k++) {
      const struct series *s = &g->readings[i].series[k];
      double amount = value_at(s, to) - value_at(s, from);
      if (isnan(amount) || s->of == SERIES_TIME || s->of == SERIES_BUCKET) continue;
      measured_add(s->of == SERIES_REQUESTS ? &w->asked : &w->cpu, s->of == SERIES_HOST ? "host" : s->name, amount);
    }
}

static void sum_requests(struct measured_window *w) {
  w->requests = 0;
  for (uint32_t i = 0; i < w->asked.count; i++) w->requests += w->asked.items[i].amount;
}

/* The time that this share of the requests took at most, by straight lines within buckets as in Prometheus; NaN: it lies beyond. */
static double bucket_quantile(const struct group *g, double n, double share, double from, double to) {
  double below_s = 0, below = 0, above_s = INFINITY, above = NAN;
  for (uint32_t i = 0; i < g->count; i++)
    for (uint32_t k = 0; k < g->readings[i].series_count; k++) {
      const struct series *s = &g->readings[i].series[k];
      double end = s->of == SERIES_BUCKET ? strtod(s->name, NULL) : NAN, count = value_at(s, to) - value_at(s, from);
      if (isnan(end) || isnan(count)) continue;
      if (count < share * n && end > below_s) below_s = end, below = count;
      if (count >= share * n && end < above_s) above_s = end, above = count;
    }
  return isfinite(above_s) && above > below ? below_s + (above_s - below_s) * (share * n - below) / (above - below) : NAN;
}

static void read_histogram(const struct group *g, struct measured_window *w, double from, double to) {
  static const double shares[] = {0.5, 0.9, 0.95, 0.99};
  for (uint32_t i = 0; i < g->count; i++)
    for (uint32_t k = 0; k < g->readings[i].series_count; k++) {
      const struct series *s = &g->readings[i].series[k];
      if (s->of == SERIES_TIME && w->requests > 0) w->latency.mean = (value_at(s, to) - value_at(s, from)) / w->requests;
    }
  for (size_t i = 0; i < sizeof shares / sizeof *shares && w->requests > 0; i++)
    latency_put(&w->latency, shares[i], bucket_quantile(g, w->requests, shares[i], from, to));
}

static bool take_stretches(const struct group *g, const struct series *clock, const struct measured_log *log) {
  double requests = 0;
  for (uint32_t i = 1; i < clock->count; i++) {
    struct measured_window *w = new_window(g);
    *w = (struct measured_window){.from = g->from, .at = clock->at[i], .users = NAN, .busy = NAN, .hit_rate = NAN};
    w->latency = (struct measured_latency){.n = NAN, .mean = NAN, .sd = NAN};
    w->seconds = clock->at_s[i] - clock->at_s[i - 1];
    count_series(g, w, clock->at_s[i - 1], clock->at_s[i]);
    if (log)
      count_log(g->arena, w, log, clock->at_s[i - 1], clock->at_s[i]);
    else
      sum_requests(w), read_histogram(g, w, clock->at_s[i - 1], clock->at_s[i]);
    requests += w->requests;
  }
  if (g->idle || requests >= FEW_LINES) return true;
  diagnostic_add(g->diagnostics, &clock->at[0],
                 "only %.0f requests fall into its samples: too few for a fit, which takes at least %d", requests, FEW_LINES);
  return false;
}

static bool take_log(const struct group *g, struct measured_log *log) {
  if (log->count < FEW_LINES) {
    diagnostic_add(g->diagnostics, &log->at, "has only %u requests: too few for a fit, which takes at least %d", log->count,
                   FEW_LINES);
    return false;
  }
  if (!g->m->log.count) g->m->log = *log;
  const struct series *clock = first_series(g, true);
  if (clock) return check_clocks(g, log, clock) && take_stretches(g, clock, log);
  if (!check_steady_log(g, log)) return false;
  struct measured_window *w = new_window(g);
  *w = (struct measured_window){.from = g->from, .at = log->at, .users = NAN, .busy = NAN, .hit_rate = NAN};
  w->latency = (struct measured_latency){.n = NAN, .mean = NAN, .sd = NAN};
  w->seconds = fmax(log->at_s[log->count - 1] - log->at_s[0], 1e-3);
  count_log(g->arena, w, log, log->at_s[0], INFINITY);
  return true;
}

/* --- statements --------------------------------------------------------------------------------------------------------------- */

static const struct measured_statement *same_statement(const struct reading *r, const struct measured_statement *s) {
  for (uint32_t i = 0; i < r->statement_count; i++)
    if (!strcmp(r->statements[i].id, s->id)) return &r->statements[i];
  return NULL;
}

/* What was called between two readings, from sums and sums of squares. */
static bool subtract(const struct group *g, struct measured_statement *s, const struct measured_statement *before) {
  if (!before) return true;
  double calls = s->calls - before->calls, sum = s->calls * s->mean_s - before->calls * before->mean_s;
  double squares = s->calls * (s->sd_s * s->sd_s + s->mean_s * s->mean_s) -
                   before->calls * (before->sd_s * before->sd_s + before->mean_s * before->mean_s);
  if (calls < 0 || sum < -1e-9) {
    diagnostic_add(g->diagnostics, &s->at,
                   "the calls of this statement fell from %.0f to %.0f: the statistics were reset between the "
                   "two files, or the files stand in the wrong order",
                   before->calls, s->calls);
    return false;
  }
  s->calls = calls, s->mean_s = calls > 0 ? sum / calls : 0;
  s->sd_s = calls > 0 ? sqrt(fmax(0, squares / calls - s->mean_s * s->mean_s)) : 0;
  return true;
}

static bool take_statements(const struct group *g) {
  const struct reading *before = NULL, *after = NULL;
  for (uint32_t i = 0; i < g->count; i++)
    if (g->readings[i].statement_count) before = after, after = &g->readings[i];
  if (!after) return true;
  struct measured *m = g->m;
  struct measured_statement *all =
      arena_new_array(g->arena, struct measured_statement, m->statement_count + after->statement_count);
  if (m->statement_count) memcpy(all, m->statements, sizeof *all * m->statement_count);
  m->statements = all;
  bool good = true;
  for (uint32_t i = 0; i < after->statement_count; i++) {
    struct measured_statement s = after->statements[i];
    if (before) good &= subtract(g, &s, same_statement(before, &s));
    if (s.calls > 0) all[m->statement_count++] = s;
  }
  return good;
}

/* --- all ---------------------------------------------------------------------------------------------------------------------- */

static struct reading *generator_of(const struct group *g, bool *good) {
  struct reading *found = NULL;
  for (uint32_t i = 0; i < g->count; i++) {
    if (!g->readings[i].window_count) continue;
    if (found) {
      diagnostic_add(g->diagnostics, &g->readings[i].windows[0].at,
                     "a second load generator next to %s: files with a comma between "
                     "them were measured at the same time; give each run a --from of its own",
                     found->source->name);
      *good = false;
    }
    found = &g->readings[i];
  }
  return found;
}

bool reading_join(struct measured *m, struct arena *arena, struct diagnostics *d, struct reading *readings, uint32_t count,
                  const char *from) {
  struct group g = {m, arena, d, readings, count, from, false};
  for (uint32_t i = 0; i < count; i++) g.idle |= readings[i].idle;
  bool good = check_all(&g);
  if (!good) return false;
  struct reading *generator = generator_of(&g, &good);
  struct measured_log *log = log_of(&g);
  const struct series *clock = first_series(&g, true), *counter = first_series(&g, false);
  good &= take_statements(&g);
  if (!good) return false;
  if (generator) return take_generator(&g, generator);
  if (log) return take_log(&g, log);
  if (clock && !counter && !g.idle) {
    diagnostic_add(d, &clock->at[0],
                   "no requests are known for these samples: join them with the file of the load, as in "
                   "--from wrk.txt,%s, or say that nothing was asked, as in --from idle,%s",
                   from, from);
    return false;
  }
  return clock || counter ? take_stretches(&g, clock ? clock : counter, NULL) : true;
}
