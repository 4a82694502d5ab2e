#include "sim/questions/narrow.h"
#include "models/core/part.h"
#include "models/traffic/offered.h"
#include "sim/engine/arena.h"
#include "sim/measure/measure_row.h"
#include "sim/measure/resource.h"
#include "sim/scenario/unit_print.h"
#include <math.h>

static const sim_time least_lead = 10 * SIM_MINUTE, cell = 10 * SIM_MINUTE;
static const double busy = 0.7;
enum { WORTH = 2 }; /* at least that many times shorter */

/* Parts of the measured time, from its beginning. */
struct stretch {
  sim_time from, to;
};

/* The stretch of this length, beginning with one of the run's windows, in which most arrives: as reach_of finds it. */
static struct stretch peak_of(const struct model *m, sim_time length) {
  sim_time part = m->run.window / m->run.windows, best = 0;
  double most = -1;
  for (sim_time at = 0; at + length <= m->run.window; at += part) {
    double arrive = model_offered(m, m->run.warmup + at, m->run.warmup + at + length);
    if (arrive > most * (1 + 1e-12)) most = arrive, best = at;
  }
  return (struct stretch){best, best + length};
}

/* Of times of day within one day of measured time. */
static bool clock_of(const struct model *m, const struct window *w, struct stretch *out) {
  sim_time begins = (m->run.start + m->run.warmup) % SIM_DAY;
  out->from = ((w->from - begins) % SIM_DAY + SIM_DAY) % SIM_DAY;
  out->to = out->from + ((w->to - w->from) % SIM_DAY + SIM_DAY) % SIM_DAY;
  return m->run.window <= SIM_DAY && out->to <= m->run.window && out->to > out->from;
}

static bool looked_at(const struct model *m, const struct window *w, struct stretch *sum) {
  struct stretch s;
  if (w->kind == WINDOW_PEAK)
    s = peak_of(m, w->to);
  else if (w->kind != WINDOW_CLOCK || !clock_of(m, w, &s))
    return false;
  if (s.from < sum->from) sum->from = s.from;
  if (s.to > sum->to) sum->to = s.to;
  return true;
}

static double first_full(struct arena *arena, const struct model *m) {
  struct resource *all;
  double first = INFINITY;
  uint32_t count = resources_of(m, arena, &all);
  for (uint32_t i = 0; i < count; i++) first = fmin(first, resource_saturates_at(&all[i]));
  return first;
}

/* Behind a time in which all that came was done. */
static sim_time lead_of(struct arena *arena, const struct model *m, sim_time from) {
  double full = first_full(arena, m);
  sim_time lead = 0;
  while (lead + cell <= from) {
    sim_time at = m->run.warmup + from - lead;
    if (model_offered(m, at - cell, at) / sim_seconds(cell) < busy * full) break;
    lead += cell;
  }
  lead += least_lead;
  if (m->run.warmup > lead && !m->run.find_warmup) lead = m->run.warmup;
  return lead;
}

/* What is not judged must still find what it looks at, or it could not be read. */
static bool fits(const struct model *m, const struct claim *c, bool judged, struct stretch *sum) {
  if (c->measure.kind->over_faults || c->measure.window.kind == WINDOW_RANGE) return false;
  if (c->measure.window.kind == WINDOW_WHOLE) return !judged || measure_is_exact(&c->measure, m);
  return looked_at(m, &c->measure.window, sum);
}

struct narrowed narrow(struct arena *arena, const struct scenario *s, bool (*judges)(const void *, const struct claim *),
                       const void *context) {
  const struct model *m = &s->model;
  const struct claim *claims = s->claims.items;
  const struct run_config *run = &m->run;
  struct narrowed out = {.count = 0};
  struct stretch sum = {run->window, 0};
  if (run->probes.count || run->phases.count || run->years || parts_steadiness(m) != DAILY) return out;
  for (uint32_t i = 0; i < s->claims.count; i++)
    if (!fits(m, &claims[i], judges(context, &claims[i]), &sum)) return out;
  if (sum.to <= sum.from) return out;
  sim_time lead = lead_of(arena, m, sum.from), part = run->window / run->windows, length = sum.to - sum.from;
  if (WORTH * (lead + length) > run->warmup + run->window || lead > sum.from + run->warmup) return out;
  sim_time start = (((run->start + run->warmup + sum.from - lead) % SIM_DAY) + SIM_DAY) % SIM_DAY;
  const char *const values[] = {unit_print_clock(arena, start), unit_print_duration(arena, lead),
                                unit_print_duration(arena, length), arena_format(arena, "%lld", (long long)(length / part))};
  static const char *const paths[] = {"run.start", "run.warmup", "run.window", "run.windows"};
  for (uint32_t i = 0; i < 4; i++)
    out.overrides[out.count++] = (struct scenario_override){"what is looked at", paths[i], values[i]};
  out.words = arena_format(
      arena, "requirements look at %s of the day: each value is run for that, from %s on, with %s before it as a warm-up",
      values[2], unit_print_clock(arena, (start + lead) % SIM_DAY), values[1]);
  return out;
}
