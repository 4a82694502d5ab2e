/* Which assumed input moves an answer most: each alone from its low to its high end, on the same customers (Eschenbach 1992: the
 * tornado).
 *
 * All 2k + 1 runs have the same seed, the same number of replications and the longest of their warm-ups, so that replication i of
 * any two is a pair; a swing is the difference between both ends with its interval over pairs. One input at a time sees no
 * interactions: two inputs that do nothing alone may do much together.
 *
 *     struct sensitivity_case inputs[] = {{{"services.x.start", "2s", "1s", "4s", NULL}, at_low, at_high}};
 *     struct sensitivity_results *r = sensitivity_run(arena, base, inputs, 1, &options);
 *     ... r->targets[0].effects[0].swing */
#ifndef SENSITIVITY_H
#define SENSITIVITY_H
#include "sim/questions/sensitivity_results.h"
#include "sim/study/study.h"

/* An input and the scenario with it alone at either end. */
struct sensitivity_case {
  struct sensitivity_input input;
  const struct scenario *low, *high;
};

struct sensitivity_options {
  struct study_options study;  /* replications: exactly this many; 0: the scenario's, at least ten */
  const char *const *measures; /* such as "p99(web.latency)"; none: the claims of the scenario */
  uint32_t measure_count;
};

/* Measures must be known to be good (measure_parse). */
struct sensitivity_results *sensitivity_run(struct arena *, const struct scenario *base, const struct sensitivity_case *,
                                            uint32_t count, const struct sensitivity_options *);

#endif
