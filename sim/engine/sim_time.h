/* Simulated time: signed 64-bit nanoseconds since the start of a replication.
 *
 * Integers, because an accumulated double drifts and equal instants stop being equal. 2^63 ns are 292 years:
 * a longer availability study is cut into replications. Durations use the same type. */
#ifndef SIM_TIME_H
#define SIM_TIME_H
#include <stdint.h>

typedef int64_t sim_time;

#define SIM_NEVER  INT64_MAX
#define SIM_US     ((sim_time)1000)
#define SIM_MS     ((sim_time)1000000)
#define SIM_S      ((sim_time)1000000000)
#define SIM_MINUTE (60 * SIM_S)
#define SIM_HOUR   (3600 * SIM_S)
#define SIM_DAY    (24 * SIM_HOUR)
#define SIM_YEAR   (365 * SIM_DAY)

static inline double sim_seconds(sim_time t) { return (double)t / 1e9; }
/* Of a mean, a sum or a quantile in nanoseconds. */
static inline double sim_seconds_of(double ns) { return ns * 1e-9; }

#endif
