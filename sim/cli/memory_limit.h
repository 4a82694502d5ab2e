/* --max-memory: what a study is estimated to need is compared with what it may take, before it begins. */
#ifndef MEMORY_LIMIT_H
#define MEMORY_LIMIT_H
#include "sim/cli/options.h"
#include "sim/scenario/scenario.h"
#include "sim/study/study.h"

/* The value of --max-memory; without one, three quarters of the memory that this machine, or its control group, has. False after a
 * message. */
bool memory_limit(const struct options *, double *bytes);

/* Whether studies of all these scenarios together, of `at_once` at a time, fit. When fewer threads would fit, `study->jobs` is reduced
 * to them: the answer does not depend on it. False after a message with the estimate. */
bool memory_fits(const struct options *, const struct scenario *const *, uint32_t count, uint32_t at_once,
                 struct study_options *study);
/* Whether so many studies like this one fit at a time, each with one thread. */
bool memory_would_fit(const struct options *, const struct scenario *, uint32_t at_once, uint32_t replications);

#endif
