#include "sim/measure/sample.h"
#include "models/availability/outage.h"
#include "sim/engine/allocate.h"
#include "sim/measure/measure_row.h"
#include "sim/stats/ascending.h"
#include "sim/stats/interval.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct estimate nothing = {NAN, NAN, NAN, 0, false};

static uint32_t size_of(const struct sample *s) { return (uint32_t)(s->zeros + s->count); }

/* Of rank 1 .. n from the least. */
static double at_rank(const struct sample *s, uint32_t rank) {
  uint32_t from_least = s->whole > 0 ? size_of(s) + 1 - rank : rank;
  double x = from_least <= s->zeros ? 0 : s->x[from_least - s->zeros - 1];
  return s->whole > 0 ? 1 - x / s->whole : x;
}

/* Periods follow each other: where an outage is as long as one they are alike. Then the means of the pieces of the run vary more
 * than those of as many independent periods would, by this factor; 1 where chance explains it. */
static double alike(const struct evidence *ev, const double *means, const struct sample *s) {
  double n = size_of(s), sum = 0, squares = 0, pieces = ev->faults.done, piece_sum = 0, piece_squares = 0;
  for (uint64_t i = 0; i < s->count; i++) sum += s->x[i], squares += s->x[i] * s->x[i];
  for (uint32_t i = 0; i < ev->faults.done; i++) piece_sum += means[i], piece_squares += means[i] * means[i];
  if (pieces < 2 || !(n > pieces)) return 1;
  double variance = (squares - sum * sum / n) / (n - 1);
  double of_pieces = (piece_squares - piece_sum * piece_sum / pieces) / (pieces - 1);
  if (s->whole > 0) of_pieces *= s->whole * s->whole;
  double factor = variance > 0 ? of_pieces * (n / pieces) / variance : 1;
  return factor > 1 + 3 * sqrt(2 / (pieces - 1)) ? factor : 1;
}

struct sample sample_new(const struct evidence *ev, const struct measure *m, const double *means) {
  const struct measure_row *row = measure_row(m);
  const struct durations *d = row->each ? row->each(m, ev->faults.sum) : row->periods(m, &ev->model, ev->faults.sum);
  struct sample s = {.count = d->count};
  if (row->periods) {
    uint64_t periods = measure_periods(m, ev->faults.sum);
    s.zeros = periods > d->count ? periods - d->count : 0;
    if (measure_unit(m) == UNIT_RATIO) s.whole = measure_period_s(m);
  }
  s.x = allocate((d->count + 1) * sizeof *s.x);
  if (d->count) memcpy(s.x, d->s, d->count * sizeof *s.x);
  ascending_sort(s.x, d->count);
  s.worth = size_of(&s) / (row->periods ? alike(ev, means, &s) : 1);
  return s;
}

/* --- estimates ---------------------------------------------------------------------------------------------------------------- */

/* The ranks between which the quantile lies, of as many independent values as these are worth. */
static void ranks(const struct sample *s, double share, uint32_t *lower, uint32_t *upper) {
  uint32_t n = size_of(s), worth = (uint32_t)fmax(1, s->worth);
  interval_quantile_ranks(worth, share, INTERVAL_CONFIDENCE, lower, upper);
  if (worth == n) return;
  bool open = *upper > worth;
  *lower = (uint32_t)floor(*lower * ((double)n / worth));
  *upper = open ? n + 1 : (uint32_t)ceil(*upper * ((double)n / worth));
}

/* The ceil(share n)-th of n values, counted from the side that must meet the limit, and the ranks about it. */
struct estimate sample_quantile(const struct sample *s, double share, bool from_above) {
  if (!size_of(s)) return nothing;
  uint32_t n = size_of(s), rank = (uint32_t)ceil(share * n * (1 - 0x1p-50)), lower = rank, upper = n + 1;
  if (share < 1) ranks(s, share, &lower, &upper);
  if (rank < 1) rank = 1;
  if (from_above) { /* the k-th greatest is the (n + 1 - k)-th least */
    uint32_t mirrored = n + 1 - upper;
    rank = n + 1 - rank;
    upper = n + 1 - lower;
    lower = mirrored;
  }
  return (struct estimate){.value = at_rank(s, rank),
                           .low = lower ? at_rank(s, lower) : 0, /* nothing is negative */
                           .high = upper <= n     ? at_rank(s, upper)
                                   : s->whole > 0 ? 1
                                                  : INFINITY,
                           .n = n};
}

struct estimate sample_share(const struct sample *s, double low, double high) {
  if (!size_of(s)) return nothing;
  uint32_t n = size_of(s), inside = 0;
  for (uint32_t i = 1; i <= n; i++) inside += at_rank(s, i) >= low && at_rank(s, i) <= high;
  double share = (double)inside / n;
  struct interval i = interval_clopper_pearson(share * s->worth, s->worth, INTERVAL_CONFIDENCE);
  return (struct estimate){.value = share, .low = i.low, .high = i.high, .n = n};
}

void sample_free(struct sample *s) {
  free(s->x);
  s->x = NULL;
}
