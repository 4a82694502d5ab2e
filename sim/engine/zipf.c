#include "sim/engine/zipf.h"
#include "sim/engine/real.h"

/* The integral of t^-s from 1 to x: log x at s = 1, and smooth there. */
static double area(double x, double s) {
  double log_x = real_log(x);
  return log_x * real_exp_slope((1 - s) * log_x);
}

/* Its inverse. */
static double area_inverse(double a, double s) {
  double t = a * (1 - s);
  if (t > -1e-5 && t < 1e-5) return real_exp(a * (1 - t / 2 + t * t / 3)); /* log(1 + t) / (1 - s) where the sum would lose t */
  if (1 + t <= 0) return 1e300;                                            /* beyond any n: the last bit of a steep law */
  return real_exp(real_log(1 + t) / (1 - s));
}

uint32_t zipf_sample(uint32_t n, double s, struct stream *draws) {
  double from = area(1.5, s) - 1, to = area(n + 0.5, s);
  for (;;) {
    double u = to + stream_uniform(draws) * (from - to), x = area_inverse(u, s);
    double k = x < 1.5 ? 1 : x >= n ? n : (double)(int64_t)(x + 0.5);
    if (u >= area(k + 0.5, s) - real_pow(k, -s)) return (uint32_t)k;
  }
}
