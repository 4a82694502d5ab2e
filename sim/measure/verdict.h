/* Verdicts: on which side of a claim's limits the interval of its estimate lies. */
#ifndef VERDICT_H
#define VERDICT_H
#include "sim/measure/evidence.h"

/* Whether a value keeps the limits of the claim. */
bool claim_holds(const struct claim *, double value);
/* The estimate that the claim is judged by, and the verdict; `caution` widens the interval by this factor. */
struct claim_result claim_judge(const struct evidence *, const struct claim *, const struct entry *, double caution);
/* Claim number `claim` of the evidence, as it stands at the end. */
struct claim_result claim_verdict(const struct evidence *, uint32_t claim);
/* Replications that it would take in all until the claim is decided, or (precision > 0) its interval is that narrow; 0 when it is,
 * UINT32_MAX when that cannot be foreseen. */
uint32_t claim_needs(const struct evidence *, const struct claim *, const struct entry *, double precision, double caution);

#endif
