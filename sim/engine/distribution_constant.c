/* Constant: always `value`. Mean value, scv 0. */
#include "sim/engine/distribution_kinds.h"

enum { VALUE };

static const char *solve(struct distribution *d, const struct parameter_values *given, struct arena *arena) {
  (void)arena;
  if (!given->given[VALUE]) return "needs \"value\"";
  if (!(given->scalar[VALUE] >= 0)) return "\"value\" must not be negative";
  d->p[0] = d->mean = given->scalar[VALUE];
  d->scv = 0;
  return NULL;
}

static double sample(const struct distribution *d, struct stream *stream) {
  (void)stream;
  return d->p[0];
}

const struct distribution_kind distribution_kind_constant = {
    .name = "constant",
    .doc = "Always the same value.",
    .parameters = {[VALUE] = {"value", PARAMETER_VALUE, true, "The value."}},
    .solve = solve,
    .sample = sample};
