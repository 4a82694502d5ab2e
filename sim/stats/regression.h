/* Least squares with relative errors: y = sum of b_j x_j, each y known up to a factor that differs from point to point.
 *
 * That is how CPU accounts behave: the speed of a core drifts by some percent between measurements, whatever the load, and far more
 * than counting noise adds. So each point weighs 1 / (its fitted value)^2, found by iterating, and the spread of the errors is
 * estimated from the residuals: intervals come from repetitions, with Student's t for the points that are left over. Where
 * residuals of neighbours in time resemble each other the points are worth fewer: variance times (1 + r) / (1 - r), freedom divided
 * by it.
 *
 * What the points do not tell apart is found by a singular value decomposition of the scaled columns (Golub and Reinsch 1970): a
 * column that is part of a combination which changes nothing is not identified.
 *
 *     struct regression r;
 *     regression_relative(arena, y, x, points, columns, &r);
 *     r.value[0], r.value[0] - r.half[0] ...                      when r.identified[0]
 */
#ifndef REGRESSION_H
#define REGRESSION_H
#include <stdbool.h>
#include <stdint.h>

struct arena;

enum { REGRESSION_COLUMNS = 24 };

struct regression {
  uint32_t points, columns, rank;
  double value[REGRESSION_COLUMNS];
  double half[REGRESSION_COLUMNS]; /* of the 95% interval; NaN when no points are left over */
  bool identified[REGRESSION_COLUMNS];
  double spread;  /* standard deviation of the relative errors; NaN when no points are left over */
  double freedom; /* of the intervals */
  double lag;     /* correlation of neighbouring errors, when it counts; else 0 */
};

/* y > 0; x has a row of `columns` numbers for each point, at most REGRESSION_COLUMNS. Points in the order of time. */
void regression_relative(struct arena *, const double *y, const double *x, uint32_t points, uint32_t columns, struct regression *);

#endif
