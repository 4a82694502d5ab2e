/* Sum of independent parts, drawn one after the other from the same stream. Means and variances add up. What happens in phases: a
 * lease that runs out, and then the next look at it. */
#include "sim/engine/distribution_kinds.h"

enum { PARTS };

static const char *solve(struct distribution *d, const struct parameter_values *given, struct arena *arena) {
  (void)arena;
  if (!given->given[PARTS] || !given->count[PARTS]) return "needs a list of durations or distributions";
  d->parts = given->parts[PARTS];
  d->table_count = given->count[PARTS];
  double variance = 0;
  for (uint32_t i = 0; i < d->table_count; i++) {
    const struct distribution *part = &d->parts[i];
    d->mean += part->mean;
    variance += part->scv * part->mean * part->mean;
  }
  d->scv = d->mean > 0 ? variance / (d->mean * d->mean) : 0;
  return NULL;
}

static double sample(const struct distribution *d, struct stream *stream) {
  double sum = 0;
  for (uint32_t i = 0; i < d->table_count; i++) sum += distribution_sample(&d->parts[i], stream);
  return sum;
}

const struct distribution_kind distribution_kind_sum = {
    .name = "sum",
    .doc = "The sum of independent parts, each a duration or a distribution: what takes several phases.",
    .parameters = {[PARTS] = {"parts", PARAMETER_PARTS, true, "The parts."}},
    .solve = solve,
    .sample = sample};
