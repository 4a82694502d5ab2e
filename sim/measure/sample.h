/* Single outages, years or months, one by one: quantiles of them, and the share of them that is in a range.
 *
 * Outages are independent of each other, so the ranks of a quantile's interval follow from the binomial law whatever the law of the
 * values is, and a share's interval is that of Clopper and Pearson. Years and months are taken as independent too, unless the
 * pieces of the run vary more than that: an outage as long as a period makes neighbours alike, and then they are worth fewer.
 *
 *     struct sample s = sample_new(evidence, &measure, entry->samples);
 *     struct estimate x = sample_quantile(&s, 0.95, false);
 *     sample_free(&s); */
#ifndef SAMPLE_H
#define SAMPLE_H
#include "sim/measure/evidence.h"

/* Sorted values: `zeros` times nothing, and behind them `count` others. Of availability they are what is missing: a value is then
 * 1 - x / whole, and the order the other way round. worth: how many independent values they are as good as. */
struct sample {
  double *x;
  uint64_t zeros, count;
  double whole; /* 0: they are what they are */
  double worth;
};

/* means: the value of the measure in each piece of the run. */
struct sample sample_new(const struct evidence *, const struct measure *, const double *means);
/* At least this share of them is at most as great as the value, or from above at least as great. */
struct estimate sample_quantile(const struct sample *, double share, bool from_above);
struct estimate sample_share(const struct sample *, double low, double high);
void sample_free(struct sample *);

#endif
