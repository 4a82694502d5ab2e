#include "models/traffic/arrivals.h"
#include "models/world.h"

enum { CELLS = 4096 };

static void enter_cell(struct source *s, sim_time at) {
  struct arrivals *a = &s->arrivals;
  sim_time width = (s->world->measured_until + CELLS - 1) / CELLS;
  a->cell_end = (at / width + 1) * width;
  double bound = profile_bound(&s->config->rate, at, a->cell_end);
  a->flat = profile_floor(&s->config->rate, at, a->cell_end) == bound;
  a->bound = bound * a->busyness;
}

/* The next arrival after `at`, or SIM_NEVER beyond the horizon. */
static sim_time next_arrival(struct source *s, sim_time at) {
  struct arrivals *a = &s->arrivals;
  while (at < s->world->horizon) {
    double gap = a->bound > 0 ? stream_exponential(&a->draws) / a->bound * 1e9 : 1e300;
    if (gap >= (double)(a->cell_end - at)) {
      at = a->cell_end;
      enter_cell(s, at);
      continue;
    }
    at += (sim_time)gap;
    if (a->flat || stream_uniform(&a->draws) * a->bound < a->busyness * profile_rate(&s->config->rate, at)) return at;
  }
  return SIM_NEVER;
}

static void arrives(void *source, uint32_t argument) {
  (void)argument;
  struct source *s = source;
  calendar_set(s->world->calendar, s->arrivals.slot, next_arrival(s, world_now(s->world)));
  source_send(s, s->arrivals.count++, NOBODY);
}

void arrivals_start(struct source *s) {
  struct world *w = s->world;
  struct arrivals *a = &s->arrivals;
  a->draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_ARRIVALS, stream_entity(s->config->name, 0)));
  a->busyness = 1;
  if (s->config->busyness_cv > 0) {
    struct stream day = stream_open(stream_key(w->seed, w->replication, PURPOSE_BUSYNESS, stream_entity(s->config->name, 0)));
    a->busyness = distribution_sample(&s->config->busyness, &day);
  }
  a->slot = calendar_slot(w->calendar, arrives, s, 0);
  enter_cell(s, 0);
  calendar_set(w->calendar, a->slot, next_arrival(s, 0));
}
