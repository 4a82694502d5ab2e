/* Iterated weighted least squares by singular values. The second door to GSL. */
#include "sim/stats/regression.h"
#include "sim/engine/arena.h"
#include "sim/stats/cdf.h"
#include <assert.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

/* A combination of columns that is this much shorter than the longest one cannot be seen in counts and CPU clocks. */
static const double SHORT = 1e-7;
enum { ROUNDS = 6, ENOUGH_FOR_LAG = 12 };

struct solver {
  const double *y, *x;
  uint32_t points, columns;
  double *a, *v, *s, *work, *scale, *weight, *error;
};

static struct solver solver_new(struct arena *arena, const double *y, const double *x, uint32_t points, uint32_t columns) {
  struct solver o = {.y = y, .x = x, .points = points, .columns = columns};
  uint32_t rows = points > columns ? points : columns;
  o.a = arena_new_array(arena, double, (size_t)rows *columns);
  o.v = arena_new_array(arena, double, (size_t)columns *columns);
  o.s = arena_new_array(arena, double, columns), o.work = arena_new_array(arena, double, columns);
  o.scale = arena_new_array(arena, double, columns);
  o.weight = arena_new_array(arena, double, points), o.error = arena_new_array(arena, double, points);
  for (uint32_t i = 0; i < points; i++) o.weight[i] = 1 / y[i];
  return o;
}

/* The weighted matrix, its columns of length 1; rows of zeros where there are fewer points than columns. */
static uint32_t fill(struct solver *o) {
  uint32_t rows = o->points > o->columns ? o->points : o->columns;
  memset(o->a, 0, sizeof *o->a * rows * o->columns);
  for (uint32_t j = 0; j < o->columns; j++) {
    double sum = 0;
    for (uint32_t i = 0; i < o->points; i++) sum += pow(o->weight[i] * o->x[i * o->columns + j], 2);
    o->scale[j] = sum > 0 ? sqrt(sum) : 1;
    for (uint32_t i = 0; i < o->points; i++) o->a[i * o->columns + j] = o->weight[i] * o->x[i * o->columns + j] / o->scale[j];
  }
  return rows;
}

static void decompose(struct solver *o) {
  uint32_t rows = fill(o);
  gsl_matrix_view a = gsl_matrix_view_array(o->a, rows, o->columns), v = gsl_matrix_view_array(o->v, o->columns, o->columns);
  gsl_vector_view s = gsl_vector_view_array(o->s, o->columns), work = gsl_vector_view_array(o->work, o->columns);
  gsl_linalg_SV_decomp(&a.matrix, &v.matrix, &s.vector, &work.vector);
}

static bool seen(const struct solver *o, uint32_t k) { return o->s[k] > SHORT * o->s[0] && o->s[k] > 0; }

/* b = V S^-1 U' (w y), over what is seen. */
static void solve(const struct solver *o, struct regression *r) {
  memset(r->value, 0, sizeof r->value);
  r->rank = 0;
  for (uint32_t k = 0; k < o->columns; k++) {
    if (!seen(o, k)) continue;
    double along = 0;
    for (uint32_t i = 0; i < o->points; i++) along += o->a[i * o->columns + k] * o->weight[i] * o->y[i];
    for (uint32_t j = 0; j < o->columns; j++) r->value[j] += o->v[j * o->columns + k] * along / o->s[k] / o->scale[j];
    r->rank++;
  }
}

static double fitted(const struct solver *o, const struct regression *r, uint32_t i) {
  double sum = 0;
  for (uint32_t j = 0; j < o->columns; j++) sum += r->value[j] * o->x[i * o->columns + j];
  return sum;
}

static void weigh(struct solver *o, const struct regression *r) {
  for (uint32_t i = 0; i < o->points; i++) {
    double by = fitted(o, r, i);
    o->weight[i] = 1 / (by > 0.1 * o->y[i] ? by : o->y[i]);
  }
}

/* How much neighbours in time resemble each other, when it is more than chance. */
static double lag_of(const struct solver *o, double squares) {
  double sum = 0;
  for (uint32_t i = 1; i < o->points; i++) sum += o->error[i] * o->error[i - 1];
  double lag = squares > 0 ? sum / squares : 0;
  return o->points >= ENOUGH_FOR_LAG && lag > 1.5 / sqrt(o->points) ? fmin(lag, 0.9) : 0;
}

static void spread_of(struct solver *o, struct regression *r) {
  double squares = 0;
  for (uint32_t i = 0; i < o->points; i++) {
    o->error[i] = o->weight[i] * (o->y[i] - fitted(o, r, i));
    squares += o->error[i] * o->error[i];
  }
  r->freedom = (double)o->points - r->rank;
  r->spread = r->freedom > 0 ? sqrt(squares / r->freedom) : NAN;
  r->lag = lag_of(o, squares);
}

/* The variance of column j over that of an error. */
static double variance_of(const struct solver *o, uint32_t j) {
  double sum = 0;
  for (uint32_t k = 0; k < o->columns; k++)
    if (seen(o, k)) sum += pow(o->v[j * o->columns + k] / o->s[k] / o->scale[j], 2);
  return sum;
}

static bool identified(const struct solver *o, uint32_t j) {
  for (uint32_t k = 0; k < o->columns; k++)
    if (!seen(o, k) && fabs(o->v[j * o->columns + k]) > 1e-4) return false;
  return true;
}

static void find_intervals(const struct solver *o, struct regression *r) {
  double fewer = (1 + r->lag) / (1 - r->lag), freedom = fmax(1, r->freedom / fewer);
  double t = r->freedom > 0 ? cdf_student_quantile(0.975, freedom) : NAN;
  for (uint32_t j = 0; j < o->columns; j++) {
    r->half[j] = t * r->spread * sqrt(variance_of(o, j) * fewer);
    r->identified[j] = identified(o, j);
  }
  if (r->freedom > 0) r->freedom = freedom;
}

void regression_relative(struct arena *arena, const double *y, const double *x, uint32_t points, uint32_t columns,
                         struct regression *r) {
  assert(points > 0 && columns > 0 && columns <= REGRESSION_COLUMNS);
  *r = (struct regression){.points = points, .columns = columns};
  struct solver o = solver_new(arena, y, x, points, columns);
  for (int round = 0; round < ROUNDS; round++) {
    if (round) weigh(&o, r);
    decompose(&o);
    solve(&o, r);
  }
  spread_of(&o, r);
  find_intervals(&o, r);
}
