#include "sim/stats/growth.h"
#include "sim/stats/cdf.h"
#include <math.h>

/* A single replication is only counted when this many standard errors are against chance. */
static const double beyond_doubt = 8;

int growth_from(enum growth_stretch stretch) {
  static const int from[GROWTH_STRETCHES] = {0, GROWTH_STEPS / 4, GROWTH_STEPS / 2, GROWTH_STEPS - GROWTH_STEPS / 4};
  return from[stretch];
}

static int half_of(enum growth_stretch stretch) { return (GROWTH_STEPS - growth_from(stretch)) / 2; }

static double first_half(const double *x, enum growth_stretch s) { return x[growth_from(s) + half_of(s)] - x[growth_from(s)]; }
static double second_half(const double *x, enum growth_stretch s) { return x[GROWTH_STEPS] - x[GROWTH_STEPS - half_of(s)]; }
static double last_quarter(const double *x, enum growth_stretch s) {
  return x[GROWTH_STEPS] - x[GROWTH_STEPS - (half_of(s) + 1) / 2];
}

static void add_one(struct growth_sums *sums, const double *levels) {
  for (int i = 0; i <= GROWTH_STEPS; i++) sums->level[i] += levels[i];
  for (int i = 0; i < GROWTH_STEPS; i++) sums->square[i] += (levels[i + 1] - levels[i]) * (levels[i + 1] - levels[i]);
  for (int s = 0; s < GROWTH_STRETCHES; s++) {
    double a = first_half(levels, s), b = second_half(levels, s);
    sums->second[s] += b * b, sums->bend[s] += (b - 0.5 * a) * (b - 0.5 * a);
  }
}

void growth_add(struct growth_sums *sums, const double *levels) {
  struct growth_sums one = {0};
  add_one(&one, levels);
  add_one(sums, levels);
  for (int s = 0; s < GROWTH_STRETCHES; s++) {
    struct growth g = growth_of(&one, 1, s);
    double bend = g.second - 0.5 * g.first;
    sums->alone[s] += g.second > beyond_doubt * g.pooled_second && bend > beyond_doubt / 2 * g.pooled_bend && growth_straight(&g);
  }
}

/* Variance of a step, about the mean course, or for one replication about its mean step. */
static double step_variance(const struct growth_sums *sums, double n, int from, double *freedom) {
  double squares = 0, steps = GROWTH_STEPS - from, rise = sums->level[GROWTH_STEPS] - sums->level[from];
  for (int i = from; i < GROWTH_STEPS; i++) {
    double mean = (sums->level[i + 1] - sums->level[i]) / n;
    squares += n > 1 ? sums->square[i] - n * mean * mean : sums->square[i];
  }
  if (n <= 1) squares -= rise * rise / steps;
  *freedom = n > 1 ? (n - 1) * steps : steps - 1;
  return fmax(0, squares) / *freedom;
}

static double own_error(double squares, double mean, double n) {
  return n > 1 ? sqrt(fmax(0, squares / n - mean * mean) / (n - 1)) : NAN;
}

struct growth growth_of(const struct growth_sums *sums, double n, enum growth_stretch stretch) {
  struct growth g = {.first = first_half(sums->level, stretch) / n,
                     .second = second_half(sums->level, stretch) / n,
                     .last = last_quarter(sums->level, stretch) / n,
                     .own_freedom = n - 1};
  int half = half_of(stretch);
  double step = step_variance(sums, n, growth_from(stretch), &g.pooled_freedom);
  g.per_step = g.second / half;
  g.pooled_second = sqrt(step * half / n), g.pooled_bend = sqrt(1.25 * step * half / n);
  g.own_second = own_error(sums->second[stretch], g.second, n);
  g.own_bend = own_error(sums->bend[stretch], g.second - 0.5 * g.first, n);
  return g;
}

/* Above zero by one standard error's law; an error that is not known says nothing. */
static bool above(double value, double error, double freedom, double doubt) {
  return isnan(error) || value > error * cdf_student_quantile(1 - doubt, freedom);
}

bool growth_seen(const struct growth *g, double pooled, double own) {
  return g->second > 0 && above(g->second, g->pooled_second, g->pooled_freedom, pooled) &&
         above(g->second, g->own_second, g->own_freedom, own);
}

bool growth_straight(const struct growth *g) { return g->second > 0.5 * g->first && g->last > 0.25 * g->second; }

bool growth_proven(const struct growth *g, double pooled, double own) {
  double bend = g->second - 0.5 * g->first;
  return growth_seen(g, pooled, own) && growth_straight(g) && above(bend, g->pooled_bend, g->pooled_freedom, pooled) &&
         above(bend, g->own_bend, g->own_freedom, own);
}
