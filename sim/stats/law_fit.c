#include "sim/stats/law_fit.h"
#include "sim/engine/arena.h"
#include "sim/stats/cdf.h"
#include <math.h>
#include <stdlib.h>

const char *const law_names[LAWS] = {"exponential", "lognormal", "gamma", "weibull"};

/* --- parameters --------------------------------------------------------------------------------------------------------------- */

/* The derivative of log gamma: by recursion to where its asymptotic series is exact (Abramowitz and Stegun 6.3.18). */
static double digamma(double x) {
  double sum = 0;
  for (; x < 10; x++) sum -= 1 / x;
  double y = 1 / (x * x);
  return sum + log(x) - 0.5 / x - y * (1 / 12. - y * (1 / 120. - y * (1 / 252. - y * (1 / 240. - y / 132))));
}

/* Shape with log k - digamma(k) = log of the mean less mean of the logs (Choi and Wette 1969), by bisection in log k. */
static double gamma_shape(double gap) {
  double low = log(1e-3), high = log(1e6);
  if (!(gap > 0)) return 1e6;
  for (int i = 0; i < 60; i++) {
    double middle = 0.5 * (low + high), k = exp(middle);
    if (log(k) - digamma(k) > gap)
      low = middle;
    else
      high = middle;
  }
  return exp(0.5 * (low + high));
}

/* The likelihood equation of the shape, which rises with it. */
static double weibull_excess(const double *x, uint32_t n, double k, double mean_log, double largest, double *scale) {
  double sum = 0, weighted = 0;
  for (uint32_t i = 0; i < n; i++) {
    double l = log(x[i] / largest), power = exp(k * l);
    sum += power, weighted += power * l;
  }
  *scale = largest * pow(sum / n, 1 / k);
  return weighted / sum + log(largest) - 1 / k - mean_log;
}

static void fit_weibull(struct law_fit *f, const double *x, uint32_t n, double mean_log) {
  double low = 0.05, high = 50, largest = 0;
  for (uint32_t i = 0; i < n; i++) largest = fmax(largest, x[i]);
  for (int i = 0; i < 40; i++) {
    f->a = sqrt(low * high);
    if (weibull_excess(x, n, f->a, mean_log, largest, &f->b) < 0)
      low = f->a;
    else
      high = f->a;
  }
  double g1 = tgamma(1 + 1 / f->a), g2 = tgamma(1 + 2 / f->a);
  f->mean = f->b * g1, f->cv = sqrt(fmax(0, g2 / (g1 * g1) - 1));
}

static double log_density(const struct law_fit *f, double x) {
  double l = log(x);
  switch (f->law) {
  case LAW_EXPONENTIAL:
    return -log(f->b) - x / f->b;
  case LAW_LOGNORMAL:
    return -l - log(f->b) - 0.918938533204672742 - 0.5 * pow((l - f->a) / f->b, 2);
  case LAW_GAMMA:
    return (f->a - 1) * l - x / f->b - lgamma(f->a) - f->a * log(f->b);
  default:
    return log(f->a / f->b) + (f->a - 1) * (l - log(f->b)) - pow(x / f->b, f->a);
  }
}

struct law_fit law_fit_one(enum law law, const double *x, uint32_t n) {
  struct law_fit f = {.law = law, .p = NAN, .cv_low = NAN, .cv_high = NAN};
  double sum = 0, logs = 0, squares = 0, likelihood = 0;
  for (uint32_t i = 0; i < n; i++) sum += x[i], logs += log(x[i]);
  double mean = sum / n, mean_log = logs / n;
  for (uint32_t i = 0; i < n; i++) squares += pow(log(x[i]) - mean_log, 2);
  f.mean = mean, f.cv = 1, f.b = mean;
  if (law == LAW_LOGNORMAL) {
    f.a = mean_log, f.b = fmax(sqrt(squares / n), 1e-9);
    f.mean = exp(f.a + 0.5 * f.b * f.b), f.cv = sqrt(expm1(f.b * f.b));
  } else if (law == LAW_GAMMA) {
    f.a = gamma_shape(log(mean) - mean_log), f.b = mean / f.a, f.cv = 1 / sqrt(f.a);
  } else if (law == LAW_WEIBULL)
    fit_weibull(&f, x, n, mean_log);
  for (uint32_t i = 0; i < n; i++) likelihood += log_density(&f, x[i]);
  f.criterion = 2 * (law == LAW_EXPONENTIAL ? 1 : 2) - 2 * likelihood;
  return f;
}

/* --- the law ------------------------------------------------------------------------------------------------------------------ */

double law_below(const struct law_fit *f, double x) {
  if (!(x > 0)) return 0;
  switch (f->law) {
  case LAW_EXPONENTIAL:
    return -expm1(-x / f->b);
  case LAW_LOGNORMAL:
    return cdf_normal_above((f->a - log(x)) / f->b);
  case LAW_GAMMA:
    return cdf_gamma(x / f->b, f->a);
  default:
    return -expm1(-pow(x / f->b, f->a));
  }
}

double law_quantile(const struct law_fit *f, double p) {
  switch (f->law) {
  case LAW_EXPONENTIAL:
    return -f->b * log1p(-p);
  case LAW_LOGNORMAL:
    return exp(f->a + f->b * cdf_normal_quantile(p));
  case LAW_GAMMA:
    return f->b * cdf_gamma_quantile(p, f->a);
  default:
    return f->b * pow(-log1p(-p), 1 / f->a);
  }
}

/* Marsaglia and Tsang 2000; below shape 1 one more power of a uniform. */
static double draw_gamma(double shape, struct stream *s) {
  if (shape < 1) return draw_gamma(shape + 1, s) * pow(stream_uniform(s), 1 / shape);
  double d = shape - 1 / 3., c = 1 / sqrt(9 * d);
  for (;;) {
    double z = stream_normal(s), v = pow(1 + c * z, 3);
    if (v > 0 && log(stream_uniform(s)) < 0.5 * z * z + d - d * v + d * log(v)) return d * v;
  }
}

double law_draw(const struct law_fit *f, struct stream *s) {
  switch (f->law) {
  case LAW_EXPONENTIAL:
    return f->b * stream_exponential(s);
  case LAW_LOGNORMAL:
    return exp(f->a + f->b * stream_normal(s));
  case LAW_GAMMA:
    return f->b * draw_gamma(f->a, s);
  default:
    return f->b * pow(stream_exponential(s), 1 / f->a);
  }
}

/* --- how well it fits --------------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double inside(double p) { return fmin(fmax(p, 1e-12), 1 - 1e-12); }

static void compare(struct law_fit *f, const double *sorted, uint32_t n) {
  double sum = 0, distance = 0;
  for (uint32_t i = 0; i < n; i++) {
    double below = law_below(f, sorted[i]), above = law_below(f, sorted[n - 1 - i]);
    sum += (2.0 * i + 1) * (log(inside(below)) + log1p(-inside(above)));
    distance = fmax(distance, fmax(fabs((i + 1.0) / n - below), fabs(below - (double)i / n)));
  }
  f->square = -(double)n - sum / n, f->distance = distance;
}

static void bootstrap(struct arena *arena, struct law_fit *f, uint32_t tested, uint32_t n) {
  double *drawn = arena_new_array(arena, double, tested), cv[LAW_BOOTSTRAPS];
  uint32_t worse = 0;
  for (uint32_t b = 0; b < LAW_BOOTSTRAPS; b++) {
    struct stream s = stream_at(0x6c61775f666974 + f->law, b);
    for (uint32_t i = 0; i < tested; i++) drawn[i] = fmax(law_draw(f, &s), 1e-300);
    struct law_fit again = law_fit_one(f->law, drawn, tested);
    qsort(drawn, tested, sizeof *drawn, ascending);
    compare(&again, drawn, tested);
    worse += again.square >= f->square, cv[b] = again.cv;
  }
  qsort(cv, LAW_BOOTSTRAPS, sizeof *cv, ascending);
  double shrink = sqrt((double)tested / n);
  f->p = (worse + 1.0) / (LAW_BOOTSTRAPS + 1);
  f->cv_low = f->cv + shrink * (cv[4] - f->cv), f->cv_high = f->cv + shrink * (cv[194] - f->cv);
}

/* Parameters are of the whole sample; the test is of a part of it, with parameters of that part. */
static void test_part(struct arena *arena, struct law_fit *f, const double *sample, uint32_t n) {
  uint32_t tested = n < LAW_TESTED ? n : LAW_TESTED;
  double *part = arena_new_array(arena, double, tested);
  for (uint32_t i = 0; i < tested; i++) part[i] = sample[(uint64_t)i * n / tested];
  struct law_fit small = law_fit_one(f->law, part, tested);
  qsort(part, tested, sizeof *part, ascending);
  compare(&small, part, tested);
  bootstrap(arena, &small, tested, n);
  f->square = small.square, f->p = small.p;
  f->cv_low = f->cv + small.cv_low - small.cv, f->cv_high = f->cv + small.cv_high - small.cv;
}

void law_fit_all(struct arena *arena, const double *sample, uint32_t n, struct law_fit fits[LAWS]) {
  double *sorted = arena_new_array(arena, double, n);
  for (uint32_t i = 0; i < n; i++) sorted[i] = sample[i];
  qsort(sorted, n, sizeof *sorted, ascending);
  for (int law = 0; law < LAWS; law++) {
    fits[law] = law_fit_one((enum law)law, sample, n);
    compare(&fits[law], sorted, n);
    test_part(arena, &fits[law], sample, n);
  }
}
