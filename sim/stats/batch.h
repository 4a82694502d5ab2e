/* Batch means: an interval from one long run, where a warm-up for each replication would be dear.
 *
 * The run after its warm-up is cut into equal batches; their means are nearly independent once batches are much longer than the
 * memory of the system, and then Student's t applies to them. Few long batches are better than many short ones: beyond 30 the
 * t quantile hardly falls while the dependence grows, under 10 the interval is wide and jumps (Schmeiser 1982). So 10 to 30.
 *
 * Dependence is looked for at a finer cut than the one that is used, since with few batches no test has power: 20 to 60 batches
 * are tested and, if that passes, merged in pairs. The statistic is von Neumann's (1941) ratio in the form of Young (1941),
 *
 *   C = 1 - sum (Y_i - Y_{i+1})^2 / (2 sum (Y_i - mean)^2)
 *     = r_1 + ((Y_1 - mean)^2 + (Y_n - mean)^2) / (2 sum (Y_i - mean)^2),
 *
 * the lag-1 autocorrelation with the bias of its ends taken out. For independent normal values its mean is 0, its variance is
 * (n - 2) / (n^2 - 1) and its law is normal to three digits in the tail that is used, from n = 8 on (Young; Fishman 1978). The
 * test is one-sided at 5%: only positive correlation makes intervals too short.
 *
 *   uint32_t batches = batch_settle(means, 512);
 *   if (batches) interval = interval_student(means, batches, 0.95); // else run longer
 */
#ifndef STATS_BATCH_H
#define STATS_BATCH_H
#include <stdbool.h>
#include <stdint.h>

enum { BATCH_LEAST = 10, BATCH_MOST = 30 };

/* Lag-1 autocorrelation C of at least 3 means; 0 when they are all equal. */
double batch_correlation(const double *means, uint32_t n);
/* The upper 5% point of C for n independent normal values. */
double batch_correlation_limit(uint32_t n);
/* Merges neighbours in place, 2k to k; of an odd number the first, next to the warm-up, is left out. Returns what is left. */
uint32_t batch_merge(double *means, uint32_t n);
/* Merges until 10 to 30 batches are left that came from twice as many which pass the test. Returns their number; 0 when the run
 * is too short for that, the means being used up. */
uint32_t batch_settle(double *means, uint32_t n);

/* Number of independent requests that are worth as much as these n (percentiles need 100 / (1 - p)). The mean of the m
 * requests of one replication would have the variance v / m were they independent; what it has beyond that is the inflation by
 * which n is divided. Luck is no merit: never more than n. */
double batch_effective_requests(double n, double variance_of_requests, double variance_of_replication_means,
                                double requests_per_replication);

#endif
