#include "sim/scenario/window.h"
#include "models/traffic/offered.h"
#include "models/core/model.h"
#include "sim/engine/arena.h"
#include "sim/json/diagnostic.h"
#include "sim/scenario/unit.h"
#include "sim/scenario/unit_print.h"
#include <string.h>

/* --- the grid -------------------------------------------------------------------------------------------------------------- */

enum { WINDOWS_MOST = 10000 }; /* of run.windows */

/* Width of the parts that a run keeps, as a series has them. */
static sim_time part_of(const struct run_config *run) { return (run->window - 1) / run->windows + 1; }

/* Parts whose width is no whole number of nanoseconds have borders that are off by one for each. */
static bool on_grid(const struct run_config *run, sim_time at) {
  sim_time part = part_of(run), nearest = (at + part / 2) / part * part, off = at > nearest ? at - nearest : nearest - at;
  return at == run->window || off == 0 || (run->window % run->windows && off < run->windows);
}

static sim_time common_divisor(sim_time a, sim_time b) {
  while (b) {
    sim_time rest = a % b;
    a = b, b = rest;
  }
  return a;
}

/* Says which number of windows has a border there, keeping those that there are. place: "ends at 1h10m", "is 90m long". */
static const char *off_grid(struct arena *arena, const struct run_config *run, const char *place, sim_time at) {
  sim_time needed = run->window / common_divisor(run->window, at),
           both = needed / common_divisor(needed, run->windows) * run->windows, fits = both <= WINDOWS_MOST ? both : needed;
  const char *advice = needed <= WINDOWS_MOST ? arena_format(arena, "; \"run.windows\": %lld would fit", (long long)fits)
                                              : "; no number of windows fits, choose a rounder time";
  return arena_format(arena, "%s: the run keeps %lld parts of %s%s", place, (long long)run->windows,
                      unit_print_duration(arena, part_of(run)), advice);
}

static const char *check_end(struct arena *arena, const struct run_config *run, const char *what, sim_time at) {
  if (on_grid(run, at)) return NULL;
  return off_grid(arena, run, arena_format(arena, "%s at %s of the measured time", what, unit_print_duration(arena, at)), at);
}

/* --- time of day ------------------------------------------------------------------------------------------------------------- */

/* Of the start of the measured time. */
static sim_time clock_at_start(const struct run_config *run) { return (run->start + run->warmup) % SIM_DAY; }

/* Of the next such time of day, since the end of the warm-up. */
static sim_time next_clock(const struct run_config *run, sim_time clock) {
  return (clock - clock_at_start(run) + SIM_DAY) % SIM_DAY;
}

static const char *check_clock(struct arena *arena, const struct run_config *run, const struct window *w) {
  const sim_time ends[] = {w->from, w->to};
  bool comes = window_covers(w, run, 0);
  for (int i = 0; i < 2; i++)
    for (sim_time at = next_clock(run, ends[i]); at < run->window; at += SIM_DAY) {
      comes = true;
      const char *wrong = check_end(arena, run, i ? "ends" : "begins", at);
      if (wrong) return wrong;
    }
  return comes ? NULL : "never comes in the measured time";
}

bool window_covers(const struct window *w, const struct run_config *run, sim_time at) {
  if (w->kind == WINDOW_WHOLE) return true;
  if (w->kind == WINDOW_CLOCK) at = (clock_at_start(run) + at) % SIM_DAY;
  if (w->kind == WINDOW_CLOCK && w->to <= w->from) return at >= w->from || at < w->to;
  return at >= w->from && at < w->to;
}

/* --- reading ----------------------------------------------------------------------------------------------------------------- */

/* The text up to any of these characters; *at moves behind it. */
static char *take_until(struct arena *arena, const char **at, const char *ends) {
  size_t length = strcspn(*at, ends);
  char *word = arena_alloc(arena, length + 1);
  memcpy(word, *at, length);
  *at += length;
  return word;
}

static const char *parse_peak(struct arena *arena, const struct model *m, const char **at, struct window *w) {
  w->kind = WINDOW_PEAK;
  const char *wrong = unit_parse_duration(arena, take_until(arena, at, ")"), &w->to);
  if (!wrong && **at != ')') return "misses a \")\"";
  if (wrong) return wrong;
  (*at)++;
  return model_offered_rate(m) > 0 ? NULL : "needs an open source: closed users have no peak";
}

static const char *parse_phase(struct arena *arena, const struct model *m, const char **at, struct window *w) {
  const struct phase_config *phases = m->run.phases.items;
  const char *name = take_until(arena, at, "\""), *names[100];
  if (**at != '"') return "misses a \"\\\"\" after the name of a phase";
  (*at)++;
  uint32_t count = m->run.phases.count < 100 ? m->run.phases.count : 100;
  for (uint32_t i = 0; i < m->run.phases.count; i++) {
    if (!strcmp(phases[i].name, name)) {
      *w = (struct window){WINDOW_RANGE, phases[i].from, phases[i].to};
      return NULL;
    }
    if (i < count) names[i] = phases[i].name;
  }
  const char *near = nearest_name(name, names, count);
  return near ? arena_format(arena, "is not a phase of \"run.phases\": \"%s\"; did you mean \"%s\"?", name, near)
              : arena_format(arena, "is not a phase of \"run.phases\": \"%s\"", name);
}

static const char *parse_range(struct arena *arena, const char **at, struct window *w) {
  char *from = take_until(arena, at, " <>="), *dots = strstr(from, "..");
  if (!dots) return "must be peak(15m), 1h..2h, 19:00..21:00 or the name of a phase in quotes";
  *dots = 0;
  bool clock = strchr(from, ':');
  const char *(*parse)(struct arena *, const char *, int64_t *) = clock ? unit_parse_clock : unit_parse_duration;
  w->kind = clock ? WINDOW_CLOCK : WINDOW_RANGE;
  const char *wrong = parse(arena, from, &w->from);
  if (!wrong) wrong = parse(arena, dots + 2, &w->to);
  if (wrong) return wrong;
  if (clock) return w->from == w->to ? "ends when it begins" : NULL;
  return w->to <= w->from ? "ends before it begins" : NULL;
}

static bool begins_with(const char **at, const char *text) {
  if (strncmp(*at, text, strlen(text))) return false;
  *at += strlen(text);
  return true;
}

const char *window_parse(struct arena *arena, const struct model *m, const char **at, struct window *w) {
  const struct run_config *run = &m->run;
  const char *wrong = begins_with(at, "peak(") ? parse_peak(arena, m, at, w)
                      : begins_with(at, "\"")  ? parse_phase(arena, m, at, w)
                                               : parse_range(arena, at, w);
  if (wrong) return wrong;
  if (w->kind == WINDOW_CLOCK) return check_clock(arena, run, w);
  if (w->to > run->window)
    return arena_format(arena, "reaches beyond the measured time of %s", unit_print_duration(arena, run->window));
  if (w->kind == WINDOW_PEAK && !on_grid(run, w->to))
    return off_grid(arena, run, arena_format(arena, "is %s long", unit_print_duration(arena, w->to)), w->to);
  wrong = check_end(arena, run, "begins", w->from);
  return wrong ? wrong : check_end(arena, run, "ends", w->to);
}
