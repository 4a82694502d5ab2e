#include "models/traffic/arrivals.h"
#include "models/traffic/source.h"
#include "models/traffic/batch.h"
#include "models/traffic/profile/profile.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

enum { CELLS = 4096 };

static void enter_cell(struct source *s, sim_time at) {
  struct arrivals *a = &s->arrivals;
  a->cell_end = (at / a->cell_width + 1) * a->cell_width;
  if (a->burst.chain) {
    a->factor = a->base * modulation_factor(&a->burst, at);
    if (a->burst.until < a->cell_end) a->cell_end = a->burst.until;
  }
  double bound = profile_bound(&s->config->rate, at, a->cell_end);
  a->flat = profile_floor(&s->config->rate, at, a->cell_end) == bound;
  a->bound = bound * a->factor;
  assert(a->cell_end > at && a->bound >= 0);
}

/* The next arrival after `at`, or SIM_NEVER beyond the horizon. */
static sim_time next_arrival(struct source *s, sim_time at) {
  struct arrivals *a = &s->arrivals;
  while (at < s->world->horizon) {
    double gap = a->bound > 0 ? stream_exponential(&a->draws) / a->bound * 1e9 : 1e300;
    if (gap >= (double)(a->cell_end - at)) {
      at = a->cell_end;
      if (a->constant)
        a->cell_end += a->cell_width;
      else
        enter_cell(s, at);
      continue;
    }
    at += (sim_time)gap;
    if (a->flat || stream_uniform(&a->draws) * a->bound < a->factor * profile_rate(&s->config->rate, at)) return at;
  }
  return SIM_NEVER;
}

static void arrives(void *source, uint32_t argument) {
  (void)argument;
  struct source *s = source;
  calendar_set(s->world->calendar, s->arrivals.slot, next_arrival(s, world_now(s->world)));
  uint32_t size = __builtin_expect(s->arrivals.batches, 0) ? batch_draw(&s->config->batch, &s->arrivals.batch_draws) : 1;
  while (size--) source_send(s, s->arrivals.count++, NONE);
}

static struct stream stream_for(const struct source *s, enum purpose purpose) {
  return stream_open(stream_key(s->world->seed, s->world->replication, purpose, stream_entity(s->config->name, 0)));
}

void arrivals_start(struct source *s) {
  const struct source_config *config = s->config;
  struct arrivals *a = &s->arrivals;
  a->draws = stream_for(s, PURPOSE_ARRIVALS);
  a->base = 1;
  if (config->busyness_cv > 0) {
    struct stream day = stream_for(s, PURPOSE_BUSYNESS);
    a->base = distribution_sample(&config->busyness, &day);
  }
  if (config->batch.kind) a->batches = true, a->base /= batch_mean(&config->batch), a->batch_draws = stream_for(s, PURPOSE_BATCH);
  if (config->chain.states) modulation_start(&a->burst, &config->chain, stream_for(s, PURPOSE_BURST));
  a->factor = a->base;
  a->slot = calendar_slot(s->world->calendar, arrives, s, 0);
  a->cell_width = (s->world->measured_until + CELLS - 1) / CELLS;
  assert(a->cell_width > 0 && a->base >= 0);
  a->constant = profile_is_constant(&config->rate) && !a->burst.chain;
  enter_cell(s, 0);
  calendar_set(s->world->calendar, a->slot, next_arrival(s, 0));
}

/* --- what is to be expected --------------------------------------------------------------------------------------------------- */

double arrivals_expected(const struct source_config *s, sim_time from, sim_time to) {
  return profile_expected(&s->rate, from, to) * (s->chain.states ? s->chain.mean : 1);
}

bool arrivals_are_constant(const struct source_config *s) {
  const sim_time until = 1000 * SIM_DAY;
  return profile_floor(&s->rate, 0, until) == profile_bound(&s->rate, 0, until);
}

bool arrivals_are_daily(const struct source_config *s) {
  for (int hour = 0; hour < 24; hour++) {
    sim_time from = hour * SIM_HOUR;
    double first = profile_expected(&s->rate, from, from + SIM_HOUR),
           second = profile_expected(&s->rate, from + SIM_DAY, from + SIM_DAY + SIM_HOUR);
    if (fabs(first - second) > 1e-9 * (first + second)) return false;
  }
  return true;
}

/* --- linking ------------------------------------------------------------------------------------------------------------------ */

static const char *link_bursts(struct source_config *s, struct arena *arena, const char **key) {
  const char *wrong = batch_error(&s->batch);
  *key = "batch";
  if (wrong || !s->burst.kind) return wrong;
  *key = "burst";
  if (s->dispersion.index > 1) return "\"burst\" and \"dispersion\" are both bursts: keep one";
  wrong = burst_solve(&s->burst, arena, &s->chain);
  if (wrong || !burst_has_rates(&s->burst)) return wrong;
  if (s->rate.kind)
    return "has \"rates\" of its own in addition to the source's \"rate\": keep one, or give \"states\" with factors";
  s->rate = profile_of_rate(1, arena);
  return NULL;
}

void arrivals_link(struct linker *l, struct source_config *s, const char *path, const char *called) {
  const char *key, *bad = link_bursts(s, l->arena, &key);
  if (bad) {
    link_error(l, path, key, "%s", bad);
    return;
  }
  if (!s->rate.kind) {
    link_error(l, path, NULL, "%s needs a \"rate\"", called);
    return;
  }
  const char *wrong = profile_prepare(&s->rate, l->arena, l->model->run.start);
  if (wrong) link_error(l, arena_format(l->arena, "%s.rate", path), NULL, "%s", wrong);
}

const char *arrivals_link_dispersion(struct source_config *s, sim_time from, sim_time to, struct arena *arena) {
  if (!(s->dispersion.index > 1)) return NULL;
  double rate = source_expected(s, from, to) / sim_seconds(to - from);
  if (!(rate > 0)) return "the mean rate of the measured time is zero";
  return dispersion_solve(&s->dispersion, rate, batch_second_moment(&s->batch) / batch_mean(&s->batch), arena, &s->chain);
}
