#include "sim/measure/biased.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/measure/estimate.h"
#include "sim/measure/measure_row.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool evidence_is_biased(const struct evidence *ev, const struct measure *m) {
  return ev->biased.half.done && measure_row(m)->time_lost && m->part == LOST_ALL;
}

static double *grown(struct evidence *ev, double *old, uint32_t count, uint32_t room) {
  double *new = arena_new_array(ev->arena, double, room);
  if (count) memcpy(new, old, count * sizeof *new);
  return new;
}

void biased_make_room(struct evidence *ev, uint32_t n) {
  struct biased *b = &ev->biased;
  if (b->room >= n) return;
  if (!b->lost) b->lost = arena_new_array(ev->arena, double *, ev->model.endpoints.count + 1);
  for (uint32_t i = 0; i <= ev->model.endpoints.count; i++) b->lost[i] = grown(ev, b->lost[i], b->room, n);
  b->seconds = grown(ev, b->seconds, b->room, n);
  b->room = n;
}

void biased_take(struct evidence *ev, uint32_t piece, const struct view *v) {
  struct biased *b = &ev->biased;
  assert(piece < b->room);
  b->seconds[piece] = v->seconds;
  for (uint32_t i = 0; i <= ev->model.endpoints.count; i++)
    b->lost[i][piece] = fmax(0, v->seconds - (i ? v->served_s[i - 1] : v->total_served_s));
}

/* A ratio of means: the spread of what each piece is off by. */
struct interval biased_bounds(const struct evidence *ev, int32_t endpoint) {
  const struct biased *b = &ev->biased;
  uint32_t n = b->half.done;
  const double *lost = b->lost[endpoint + 1];
  double all = 0, seconds = 0, *off = allocate((n + 1) * sizeof *off);
  for (uint32_t i = 0; i < n; i++) all += lost[i], seconds += b->seconds[i];
  for (uint32_t i = 0; i < n; i++) off[i] = (lost[i] - all / seconds * b->seconds[i]) / (seconds / n);
  struct interval i = interval_skewed(off, n, INTERVAL_CONFIDENCE);
  free(off);
  return (struct interval){fmax(0, all / seconds + i.low), fmin(1, all / seconds + i.high)};
}

double biased_doubt(const struct evidence *ev) {
  const struct measure_kind *kind = measure_kind_of("availability", QUANTITY_NONE, SUBJECT_ALL);
  struct entry e = {.measure = {.kind = kind, .subject = SUBJECT_ALL, .cause = -1, .region = -1},
                    .samples = ev->availability_samples[0],
                    .room = ev->availability_room};
  struct estimate x = entry_estimate(ev, &e);
  return x.value < 1 ? 0.5 * (x.high - x.low) / (1 - x.value) : INFINITY;
}
