#include "sim/measure/reach.h"
#include "models/traffic/offered.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

/* Expected arrivals per second in a window, of the open sources: what decides where the peak is, not the noise. */
static double offered_in(const struct model *m, const struct observation *o, uint32_t window) {
  sim_time a = o->measured_from + window * o->window_length, b = a + o->window_length;
  return model_offered(m, a, b);
}

/* The stretch of the given length with the most expected arrivals; the first of equals. */
static struct window peak_of(const struct model *m, const struct observation *o, sim_time length) {
  uint32_t count = (uint32_t)((length + o->window_length / 2) / o->window_length);
  if (count > o->window_count) count = o->window_count;
  double sum = 0, best_sum = -1;
  uint32_t best = 0;
  double *offered = allocate_zeroed(o->window_count, sizeof *offered);
  for (uint32_t i = 0; i < o->window_count; i++) {
    sum += offered[i] = offered_in(m, o, i);
    if (i >= count) sum -= offered[i - count];
    if (i + 1 >= count && sum > best_sum * (1 + 1e-9)) {
      best_sum = sum;
      best = i + 1 - count;
    }
  }
  free(offered);
  return (struct window){WINDOW_RANGE, best * o->window_length, (best + count) * o->window_length};
}

struct reach reach_of(const struct window *w, const struct model *m, const struct observation *o) {
  /* A long run that is cut into batches keeps no parts. */
  if (o->measured_until - o->measured_from != m->run.window) return (struct reach){.model = m};
  struct window at = w->kind == WINDOW_PEAK ? peak_of(m, o, w->to) : *w;
  return (struct reach){m, at, o->window_count, o->window_length};
}

/* By its middle: the ends of a window are borders of the parts, give or take the nanoseconds of rounding. */
bool reach_covers(const struct reach *r, uint32_t window) {
  return window_covers(&r->window, &r->model->run, window * r->part + r->part / 2);
}

uint32_t reach_count(const struct reach *r) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < r->windows; i++) count += reach_covers(r, i);
  return count;
}
