/* Another distribution, rounded to whole steps of a grid: up, to the nearest, or down. What a clock or a timer makes of times:
 * PostgreSQL's pg_sleep rounds up to a millisecond.
 *
 * Mean and variance are exact for a constant and for an exponential of mean m: with q = exp(-g / m) the number of whole steps that
 * it passes is geometric, so that rounded up it has the mean g / (1 - q) and the variance g^2 q / (1 - q)^2, rounded down a step
 * less, and rounded to the nearest, which exceeds half a step with probability sqrt(q), the mean g sqrt(q) / (1 - q). Of others
 * what the grid adds is taken from 2^16 draws of a fixed stream: at most a step, so that the mean is known to a third of a percent
 * of one. */
#include "sim/engine/distribution_kinds.h"
#include "sim/engine/real.h"
#include <math.h>

enum { OF, UP, NEAREST, DOWN };

/* To whole steps. What is on the grid but for an error of rounding stays there. */
static double to_grid(const struct distribution *d, double x) {
  double steps = x / d->p[0], near = floor(steps + 0.5);
  bool on_it = fabs(steps - near) < 1e-9;
  double whole = on_it || d->p[1] == NEAREST ? near : d->p[1] == UP ? ceil(steps) : floor(steps);
  return whole * d->p[0];
}

static double sample(const struct distribution *d, struct stream *stream) {
  return to_grid(d, distribution_sample(&d->parts[0], stream));
}

static void moments_of_exponential(struct distribution *d) {
  double g = d->p[0], q = real_exp(-g / d->parts[0].mean), to = d->p[1];
  double mean = (to == UP ? 1 : to == DOWN ? q : sqrt(q)) * g / (1 - q);
  double geometric = g / (1 - q); /* of the number of steps from 1 on, times g */
  double square = geometric * g * (1 + q) / (1 - q);
  if (to == DOWN) square *= q;
  if (to == NEAREST) square *= sqrt(q);
  d->mean = mean;
  d->scv = mean > 0 ? square / (mean * mean) - 1 : 0;
}

static void moments_by_draws(struct distribution *d) {
  enum { DRAWS = 1 << 16 };
  struct stream stream = stream_at(0x67726964, 1);
  double added = 0, square = 0, crossed = 0, part = d->parts[0].mean;
  for (int i = 0; i < DRAWS; i++) {
    double x = distribution_sample(&d->parts[0], &stream), by = to_grid(d, x) - x;
    added += by, square += by * by, crossed += (x - part) * by;
  }
  added /= DRAWS;
  double variance = d->parts[0].scv * part * part + square / DRAWS - added * added + 2 * crossed / DRAWS;
  d->mean = part + added;
  d->scv = d->mean > 0 && variance > 0 ? variance / (d->mean * d->mean) : 0;
}

static const char *solve(struct distribution *d, const struct parameter_values *given, struct arena *arena) {
  (void)arena;
  if (!given->given[OF] || given->count[OF] != 1) return "needs \"of\", a duration or one distribution";
  if (given->given[UP] + given->given[NEAREST] + given->given[DOWN] != 1)
    return "needs one of \"up\", \"nearest\" and \"down\", the step: { \"of\": { \"exponential\": \"40ms\" }, \"up\": \"1ms\" }";
  d->p[1] = given->given[UP] ? UP : given->given[NEAREST] ? NEAREST : DOWN;
  d->p[0] = given->scalar[(int)d->p[1]];
  if (!(d->p[0] > 0)) return "the step of the grid must be positive";
  d->parts = given->parts[OF], d->table_count = 1;
  if (d->parts->kind == &distribution_kind_constant)
    d->mean = to_grid(d, d->parts->mean);
  else if (d->parts->kind == &distribution_kind_exponential)
    moments_of_exponential(d);
  else
    moments_by_draws(d);
  return NULL;
}

const struct distribution_kind distribution_kind_grid = {
    .name = "grid",
    .doc = "Another distribution, rounded to whole steps: what a clock or a timer makes of a time.",
    .parameters = {[OF] = {"of", PARAMETER_PARTS, false, "What is rounded: a duration or a distribution."},
                   [UP] = {"up", PARAMETER_VALUE, false, "Rounded up to steps of this size, as by pg_sleep (1 ms)."},
                   [NEAREST] = {"nearest", PARAMETER_VALUE, false, "Rounded to the nearest multiple of this."},
                   [DOWN] = {"down", PARAMETER_VALUE, false, "Rounded down to a multiple of this."}},
    .solve = solve,
    .sample = sample};
