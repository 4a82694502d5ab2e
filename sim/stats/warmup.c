/* Warm-up: MSER-5 and relaxation time. */
#include "sim/stats/warmup.h"
#include "sim/engine/arena.h"
#include "sim/stats/tally.h"
#include <assert.h>
#include <math.h>
#include <stdbool.h>

enum { BATCH = 5, LEAST_POINTS = 50, RELAXATIONS = 5 };

/* The values at some points of time. */
struct matrix {
  const double *x;
  uint32_t replications, points;
};

static double average_at(const struct matrix *m, uint32_t point) {
  double sum = 0;
  for (uint32_t r = 0; r < m->replications; r++) sum += m->x[(uint64_t)r * m->points + point];
  return sum / m->replications;
}

/* Differences that rounding alone would make. */
static bool is_rounding(double difference, double size) { return fabs(difference) <= 1e-12 * fabs(size); }

uint32_t warmup_mser5(const double *series, uint32_t replications, uint32_t points, double *statistic) {
  assert(replications > 0 && points >= BATCH);
  struct matrix m = {series, replications, points};
  uint32_t batches = points / BATCH, best = 0;
  double least = INFINITY;
  struct tally rest = {0};
  for (uint32_t d = batches; d-- > 0;) {
    double sum = 0;
    for (uint32_t i = 0; i < BATCH; i++) sum += average_at(&m, d * BATCH + i);
    tally_add(&rest, sum / BATCH);
    double left = (double)rest.count, value = rest.m2 / (left * left);
    if (d > batches / 2 || value > least) continue;
    least = value;
    best = d;
  }
  *statistic = least;
  return is_rounding(rest.max - rest.min, fmax(fabs(rest.max), fabs(rest.min))) ? 0 : best * BATCH;
}

/* Deviations of one replication's kept points from the centres. */
struct deviations {
  struct matrix m;
  const double *centre;
  uint32_t from;
};

/* Autocovariance at a lag; its scale does not matter, but is the same for all lags. */
static double autocovariance(const struct deviations *d, uint32_t lag) {
  double sum = 0;
  for (uint32_t r = 0; r < d->m.replications; r++) {
    const double *x = d->m.x + (uint64_t)r * d->m.points;
    for (uint32_t i = d->from; i + lag < d->m.points; i++) sum += (x[i] - d->centre[i]) * (x[i + lag] - d->centre[i + lag]);
  }
  return sum / (d->m.replications * (double)(d->m.points - d->from - lag));
}

/* The average over replications; of one alone, its average over time. Returns the greatest magnitude. */
static double centre_of(const struct matrix *m, uint32_t from, double *centre) {
  double size = 0, all = 0;
  for (uint32_t i = from; i < m->points; i++) {
    centre[i] = average_at(m, i);
    all += centre[i] / (m->points - from);
    size = fmax(size, fabs(centre[i]));
  }
  for (uint32_t i = from; m->replications == 1 && i < m->points; i++) centre[i] = all;
  return size;
}

/* Geyer's sum over positive pairs, as an integral by the trapezoidal rule, in points. */
static double integrated_autocorrelation(const struct deviations *d, double variance) {
  uint32_t lags = (d->m.points - d->from) / 2;
  double sum = -0.5; /* lag 0 counts half */
  for (uint32_t lag = 0; lag + 1 < lags; lag += 2) {
    double pair = (lag ? autocovariance(d, lag) : variance) + autocovariance(d, lag + 1);
    if (pair <= 0) return fmax(sum, 0.5);
    sum += pair / variance;
    if (2 * RELAXATIONS * sum > 2.0 * d->m.points) break; /* far out of reach already */
  }
  return INFINITY;
}

double warmup_relaxation(const double *series, uint32_t replications, uint32_t points, uint32_t from) {
  assert(replications > 0 && from < points);
  struct arena *scratch = arena_new();
  double *centre = arena_new_array(scratch, double, points);
  struct deviations d = {{series, replications, points}, centre, from};
  double size = centre_of(&d.m, from, centre), variance = autocovariance(&d, 0);
  double relaxation = is_rounding(sqrt(variance), size) ? 0 : 2 * integrated_autocorrelation(&d, variance);
  arena_free(scratch);
  return relaxation;
}

struct warmup warmup_find(const double *series, uint32_t replications, uint32_t points) {
  struct warmup found = {.status = WARMUP_REFUSED_TOO_SHORT, .drop = points};
  if (points < LEAST_POINTS) return found;
  double statistic;
  found.mser = warmup_mser5(series, replications, points, &statistic);
  found.relaxation = warmup_relaxation(series, replications, points, found.mser);
  double needed = fmax(found.mser, ceil(RELAXATIONS * found.relaxation));
  found.drop = needed < UINT32_MAX ? (uint32_t)needed : UINT32_MAX;
  uint32_t searched = points / BATCH / 2 * BATCH;
  if (found.mser > searched - searched / 10)
    found.status = WARMUP_REFUSED_TRUNCATION;
  else if (needed <= 0.5 * points)
    found.status = WARMUP_FOUND;
  return found;
}
