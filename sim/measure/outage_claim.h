/* Claims on a share of the outages: "rto(server_loss) < 4h for 95%", and of the years or months: "downtime(year) < 9h for 95%".
 *
 * The claim is that at least a share p of the outages meet the comparison. For "<" and "<=" that is the p-quantile of their times;
 * for ">" and ">=" its mirror image, the (1 - p)-quantile; for "in a..b" no single quantile says it, so it is the share of the
 * outages between a and b, which must be at least p. Outages are independent of each other, so that the ranks of a quantile's
 * interval follow from the binomial law, whatever the law of the times (sim/stats/interval.h), and the share's is that of Clopper
 * and Pearson. Years and months are taken as independent, unless the pieces of the run show that they are not: then they are worth
 * fewer. */
#ifndef OUTAGE_CLAIM_H
#define OUTAGE_CLAIM_H
#include "sim/measure/evidence.h"

/* The quantile or share of the outages that decides the claim. */
struct estimate outage_estimate(const struct evidence *, const struct claim *, const struct entry *);
/* The limit that it has to keep, and its unit; of a claim without a share its own. */
struct claim outage_limit(const struct claim *);
enum unit outage_unit(const struct claim *);
/* Its name for people: "5% quantile of 812 outages". */
const char *outage_judged(const struct evidence *, const struct claim *, uint64_t n);
/* Replications until the number of outages bounds the quantile at all; UINT32_MAX when no number does. */
uint32_t outage_needs(const struct evidence *, const struct claim *, const struct estimate *);

#endif
