/* What studies are estimated to need of memory, compared with what they may take, before they begin.
 *
 *     struct memory_need need;
 *     if (!memory_fits(most, scenarios, count, 1, &study, &need)) ... need.bytes, need.of->file ...
 */
#ifndef MEMORY_NEED_H
#define MEMORY_NEED_H
#include "sim/measure/footprint.h"
#include "sim/study/study.h"

struct memory_need {
  double bytes, most;        /* of all studies on one thread each; what they may take */
  const struct scenario *of; /* the one that needs most */
  struct footprint footprint;
};

/* Three quarters of the memory that this machine, or its control group, has; in bytes. */
double memory_of_machine(void);
/* Whether studies of all these scenarios together, of `at_once` at a time, fit into `most` bytes. When fewer threads would fit,
 * `study->jobs` is reduced to them: the answer does not depend on it. Returns false, and fills the need, when not even one thread
 * fits. */
bool memory_fits(double most, const struct scenario *const *, uint32_t count, uint32_t at_once, struct study_options *study,
                 struct memory_need *);
/* Whether `at_once` studies of this scenario fit at a time, each with one thread. */
bool memory_would_fit(double most, const struct scenario *, uint32_t at_once, uint32_t replications);

#endif
