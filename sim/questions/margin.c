#include "sim/questions/margin.h"
#include "sim/stats/interval.h"
#include <math.h>

static double student(uint32_t n, double error) {
  return interval_student_moments(n, 0, n, 1 - 2 * error).high; /* variance n: the standard error of the mean is 1 */
}

/* Few failures follow another law: nothing seen in n bounds a share by -ln(error) / n, where 95% has 3 / n. */
double margin_caution(const struct measure *m, const struct estimate *e, uint32_t n, double error) {
  double wider = n >= 2 ? student(n, error) / student(n, 0.025) : 1, seen = e->value * (double)e->n;
  bool few = measure_row(m)->time_lost || (measure_row(m)->failures && fmin(seen, (double)e->n - seen) < 20);
  return few ? fmax(wider, -log(error) / 3) : wider;
}

double margin_of(const struct measure *m, double limit, bool at_least, double value) {
  double sign = at_least ? -1 : 1;
  if (margin_is_time(m)) return value > 0 ? sign * (1 - limit / value) : -sign * INFINITY;
  if (measure_row(m)->failures && limit > 0) return sign * log(fmax(value, 1e-3 * limit) / limit);
  return sign * (value - limit) / (limit != 0 ? fabs(limit) : 1);
}
