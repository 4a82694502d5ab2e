/* Warm-up: how much of the beginning of a simulation belongs to its initial state and not to its steady state.
 *
 * A steady-state quantity, such as the number of requests inside, is seen at evenly spaced points of time in several
 * independent replications that all begin alike (empty, say). Two answers are found, and the later one counts:
 *
 * 1. MSER-5 (White 1997; White, Cobb and Spratt 2000) on the average over the replications. Of the means of five points each,
 *    Y_1 .. Y_m, leave out the first d so that sum_{i>d} (Y_i - mean of these)^2 / (m - d)^2 is least: the squared standard error
 *    that the mean of the rest would have, were they independent. Only the first half is searched; near the end few values are
 *    alike by chance. A series that still grows has its least value at the end of what is searched: a least value in the last
 *    tenth of that is therefore refused.
 * 2. Five relaxation times. MSER alone sees noise, not time scales: it stops at once where the noise hides the bias, or where
 *    the noise is small and slow. The initial state is forgotten as exp(-t / relaxation time), so after five of them 0.7% is
 *    left.
 *
 * The relaxation time is taken as twice the integrated autocorrelation time, the integral from 0 of the autocorrelation, here
 * by the trapezoidal rule: (1/2 + sum_k r_k) points. For one exponential the relaxation time equals the integral. For the number
 * in M/M/1 the integral is (1 + rho) / (mu (1 - rho)^2) (Morse 1955) and the relaxation time 1 / (mu (1 - sqrt(rho))^2), from
 * 2 times (rho to 1) to 1 time (rho to 0) as much: twice is the cautious side. Autocovariances are those of the deviations from the
 * average over replications at the same point, so a transient in the mean does not count as memory and no memory is lost by
 * centring each replication on its own mean (one replication alone is centred on its mean over time). They are summed over
 * pairs of lags (2t, 2t + 1) up to the first pair that is not positive (Geyer 1992, initial positive sequence). The part before
 * MSER's point is left out.
 *
 * Points closer together than a tenth of the relaxation time gain nothing; points farther apart than the relaxation time make it
 * one point, and the drop five points.
 *
 *   struct warmup warmup = warmup_find(inside, replications, 1000);
 *   if (warmup.status == WARMUP_FOUND) steady_from = warmup.drop * dt;
 */
#ifndef WARMUP_H
#define WARMUP_H
#include <stdint.h>

enum warmup_status {
  WARMUP_FOUND,
  WARMUP_REFUSED_TRUNCATION, /* no end of the transient within the first half: too short, or no steady state at all */
  WARMUP_REFUSED_TOO_SHORT   /* five relaxation times are more than half of the series, or there are fewer than 50 points */
};

struct warmup {
  enum warmup_status status;
  uint32_t drop;     /* points to leave out; also what would have been needed when refused, as far as known */
  uint32_t mser;     /* points that MSER-5 leaves out */
  double relaxation; /* points; 0 when nothing varies */
};

/* Values are finite, in series[replication * points + i]. Nothing that varies gives a drop of 0. */
struct warmup warmup_find(const double *series, uint32_t replications, uint32_t points);

/* MSER-5 on the average over the replications: points to leave out, at most half; the least value in *statistic. */
uint32_t warmup_mser5(const double *series, uint32_t replications, uint32_t points, double *statistic);

/* Relaxation time, in points, from the points from `from` on; infinite when no end of the correlation is seen. */
double warmup_relaxation(const double *series, uint32_t replications, uint32_t points, uint32_t from);

#endif
