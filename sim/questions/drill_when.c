/* When the fault strikes: at peak load, or when the user says. */
#include "models/core/part.h"
#include "models/traffic/offered.h"
#include "sim/engine/arena.h"
#include "sim/questions/drill_inner.h"
#include "sim/scenario/unit.h"
#include "sim/scenario/unit_print.h"
#include "sim/study/study.h"
#include <string.h>

enum { STRETCHES = 48, CELLS = 10 }; /* the busiest stretch, and of it the busiest cell */

/* The day begins that long before the strike: what is warm after ten minutes. */
static const sim_time day_lead = 10 * SIM_MINUTE;
/* What happens at an instant leaves no warm-up to be found. */
static const sim_time timed_lead = SIM_MINUTE;

struct peak {
  sim_time at;
  bool flat;
};

static struct peak find_peak(const struct model *m, sim_time from, sim_time until) {
  enum { ALL = STRETCHES * CELLS };
  double cell[ALL], sum = 0, most = -1, busiest = -1, least = INFINITY;
  sim_time width = (until - from) / ALL;
  if (width <= 0) return (struct peak){from, true};
  uint32_t best = 0;
  for (uint32_t i = 0; i < ALL; i++) {
    sum += cell[i] = model_offered(m, from + i * width, from + (i + 1) * width);
    if (cell[i] < least) least = cell[i];
    if (i >= CELLS) sum -= cell[i - CELLS];
    if (i + 1 >= CELLS && sum > most * (1 + 1e-9)) most = sum, best = i + 1 - CELLS;
  }
  uint32_t at = best;
  for (uint32_t i = best; i < best + CELLS; i++)
    if (cell[i] > busiest * (1 + 1e-9)) busiest = cell[i], at = i;
  return (struct peak){from + at * width, busiest <= 1.01 * least};
}

/* The warm-up of steady traffic, without any fault. */
static sim_time warmup_of(struct drill *d) {
  struct scenario calm = *d->scenario;
  calm.model = d->calm;
  struct study *s = study_open(d->arena, &calm, &d->options->study);
  sim_time warmup = study_warmup(s);
  study_begins_empty(s);
  study_close(s);
  return warmup;
}

static bool is_daily(const struct model *m) { return !m->run.probes.count && parts_steadiness(m) == DAILY; }

/* The run begins just before this time of the first day: the scenario is read again. */
static bool begin_before(struct drill *d, sim_time at, const char **wrong) {
  sim_time clock = (d->scenario->model.run.start + at) % SIM_DAY;
  sim_time start = ((clock - day_lead) % SIM_DAY + SIM_DAY) % SIM_DAY;
  start -= start % SIM_S;
  *wrong = NULL;
  const struct scenario *s = d->options->starting(d->options->context, d->arena, unit_print_clock(d->arena, start));
  if (!s) return false;
  d->scenario = s;
  d->strike = ((clock - start) % SIM_DAY + SIM_DAY) % SIM_DAY;
  d->answer->clock = unit_print_clock(d->arena, clock - clock % SIM_S);
  return true;
}

/* --at: a time since the run begins, or of the day. */
static bool read_at(const struct drill *d, sim_time *at, const char **wrong) {
  const struct run_config *run = &d->scenario->model.run;
  const char *text = d->options->at;
  int64_t ns;
  bool clock = strchr(text, ':') != NULL;
  const char *bad = clock ? unit_parse_clock(d->arena, text, &ns) : unit_parse_duration(d->arena, text, &ns);
  if (bad) {
    *wrong = arena_format(d->arena, "--at %s", bad);
    return false;
  }
  *at = clock ? ((ns - run->start) % SIM_DAY + SIM_DAY) % SIM_DAY : ns;
  sim_time end = is_daily(&d->calm) ? SIM_DAY : run->warmup + run->window;
  if (*at < end) return true;
  *wrong = arena_format(d->arena, "--at %s lies behind the end of the run, which %s after its beginning", text,
                        is_daily(&d->calm) ? "repeats itself a day"
                                           : arena_format(d->arena, "ends %s", unit_print_duration(d->arena, end)));
  return false;
}

bool drill_when(struct drill *d, const char **wrong) {
  const struct run_config *run = &d->calm.run;
  bool daily = is_daily(&d->calm), steady = run->stationary || run->find_warmup;
  sim_time at = 0;
  if (d->options->at && !read_at(d, &at, wrong)) return false;
  struct peak peak = daily ? find_peak(&d->calm, 0, SIM_DAY) : find_peak(&d->calm, run->warmup, run->warmup + run->window);
  d->answer->chosen = d->options->at ? "--at" : peak.flat ? "the load is steady" : "peak load";
  if (daily) return begin_before(d, d->options->at ? at : peak.at, wrong);
  d->movable = !d->options->at && peak.flat;
  if (!d->movable)
    d->strike = d->options->at ? at : peak.at;
  else
    d->strike = steady ? warmup_of(d) : run->auto_warmup ? timed_lead : run->warmup;
  return true;
}
