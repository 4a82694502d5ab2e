/* Distributions: the table of kinds and the two that are made without parameters. */
#include "sim/engine/distribution.h"
#include "sim/engine/distribution_kinds.h"
#include <assert.h>
#include <string.h>

#define DISTRIBUTION_ADDRESS(name) &distribution_kind_##name,
const struct distribution_kind *const distribution_kinds[] = {DISTRIBUTIONS(DISTRIBUTION_ADDRESS) NULL};

const struct distribution_kind *distribution_kind_named(const char *name) {
  for (const struct distribution_kind *const *kind = distribution_kinds; *kind; kind++)
    if (!strcmp((*kind)->name, name)) return *kind;
  return NULL;
}

struct distribution distribution_constant(double value) {
  return (struct distribution){.kind = &distribution_kind_constant, .p = {value}, .mean = value};
}

struct distribution distribution_exponential(double mean) {
  assert(mean > 0);
  return (struct distribution){.kind = &distribution_kind_exponential, .p = {mean}, .mean = mean, .scv = 1};
}
